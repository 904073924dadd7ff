import type {FileHandle} from 'node:fs/promises'

/**
 * What the index of a write-ahead log says, as SQLite describes it (https://sqlite.org/walformat.html): the moment at which a
 * transaction reads that begins now.
 */
export interface LogIndex {
  /** The header itself: while it stays the same, nothing was committed. */
  readonly words: Buffer
  readonly pageSize: number
  readonly pages: number
  /** Frames of the log that belong to the moment. */
  readonly frames: number
  /** As they stand in each frame: others are of an older log. */
  readonly salts: Buffer
  /** All of them are in the file as well, and stay there while somebody reads. */
  readonly inFile: boolean
}

const HEADER = 48
const LOG_HEADER = 32
const FRAME_HEADER = 24

/** Undefined while it is being written. */
export async function readLogIndex(handle: FileHandle): Promise<LogIndex | undefined> {
  const bytes = Buffer.alloc(2 * HEADER + 4)
  const {bytesRead} = await handle.read(bytes, 0, bytes.length, 0)
  const words = bytes.subarray(0, HEADER)
  if (bytesRead < bytes.length || !words.equals(bytes.subarray(HEADER, 2 * HEADER)) || words[12] === 0) return undefined
  // In the order of bytes of this machine, unlike the log itself.
  const numbers = new Uint32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length))
  const small = new Uint16Array(numbers.buffer)[7] ?? 0
  const frames = numbers[4] ?? 0
  return {
    words,
    pageSize: small === 1 ? 65_536 : small,
    pages: numbers[5] ?? 0,
    frames,
    salts: words.subarray(32, 40),
    inFile: frames === 0 || numbers[24] === frames,
  }
}

/** Where the newest content of each page stands in the log. */
export async function overlayOf(log: FileHandle, index: LogIndex): Promise<ReadonlyMap<number, number>> {
  const head = Buffer.alloc(LOG_HEADER)
  await log.read(head, 0, LOG_HEADER, 0)
  if (!head.subarray(16, 24).equals(index.salts)) throw new Error('its log is another one than its index says')
  const found = new Map<number, number>()
  const frame = Buffer.alloc(FRAME_HEADER)
  for (let at = 0; at < index.frames; at += 1) {
    const position = LOG_HEADER + at * (FRAME_HEADER + index.pageSize)
    const {bytesRead} = await log.read(frame, 0, FRAME_HEADER, position)
    if (bytesRead < FRAME_HEADER || !frame.subarray(8, 16).equals(index.salts))
      throw new Error(`frame ${at + 1} of its log is not there`)
    found.set(frame.readUInt32BE(0), position + FRAME_HEADER)
  }
  return found
}
