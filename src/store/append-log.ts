import {closeSync, fdatasyncSync, fstatSync, ftruncateSync, readSync, writeFileSync, writeSync} from 'node:fs'
import path from 'node:path'
import {crc32} from 'node:zlib'
import {openPlain, readPlain} from '../files/plain-file.ts'
import {messageOf, OpsError} from '../errors.ts'
import {syncDirectory} from '../files/durable.ts'
import {openInMode} from '../files/modes.ts'
import {stateError} from './state-error.ts'

/**
 * An append-only file of records: `LLLLLLLL CCCCCCCC payload\n`, eight hex digits of payload bytes and of their
 * CRC-32. One write a record, then fdatasync, then it counts. Only an incomplete last record is ever cut off; any
 * other damage is an error that names record and offset.
 */
export interface LogRecord {
  /** Byte offset of the record's first byte. */
  readonly offset: number
  readonly payload: string
}

export interface LogContents {
  readonly records: readonly LogRecord[]
  /** Offset just behind the last whole record. */
  readonly end: number
  /** Bytes of an incomplete last record. */
  readonly torn: number
}

const HEADER = 18
/** A run of days with hundreds of hosts has a tenth of it, a file of the trail a sixteenth. */
export const LARGEST_LOG = 256 << 20

export function encodeRecord(payload: string): Buffer {
  const bytes = Buffer.from(payload, 'utf8')
  const header = `${bytes.length.toString(16).padStart(8, '0')} ${crc32(bytes).toString(16).padStart(8, '0')} `
  return Buffer.concat([Buffer.from(header, 'latin1'), bytes, Buffer.from('\n')])
}

/** Whole records of a buffer that begins at `base` in its file. Raises `state/damaged` at the first bad one. */
export function decodeRecords(buffer: Buffer, base = 0, file = 'log', firstNumber = 1): LogContents {
  const records: LogRecord[] = []
  let at = 0
  while (at < buffer.length) {
    const header = buffer.toString('latin1', at, at + HEADER)
    const shape = /^([0-9a-f]{8}) ([0-9a-f]{8}) $/.exec(header)
    const damaged = (what: string): OpsError =>
      new OpsError('state/damaged', `${file}: record ${firstNumber + records.length} at byte ${base + at} ${what}`, {
        hint: 'Keep the file as it is and compare it with a copy.',
      })
    if (!shape) {
      if (header.length < HEADER && /^[0-9a-f]{0,8}( [0-9a-f]{0,8} ?)?$/.test(header)) break
      throw damaged('has no readable header')
    }
    const length = Number.parseInt(shape[1] as string, 16)
    const end = at + HEADER + length
    if (end + 1 > buffer.length) {
      // A length that reaches over whole records that follow is damage, not a torn tail.
      if (/\n[0-9a-f]{8} [0-9a-f]{8} /.test(buffer.toString('latin1', at + HEADER)))
        throw damaged('has a length that cannot be true')
      break
    }
    const payload = buffer.subarray(at + HEADER, end)
    if (buffer[end] !== 0x0a || crc32(payload) !== Number.parseInt(shape[2] as string, 16))
      throw damaged('does not match its checksum')
    records.push({offset: base + at, payload: payload.toString('utf8')})
    at = end + 1
  }
  return {records, end: base + at, torn: buffer.length - at}
}

/** Reads a log from an offset. A missing file is an empty log. */
export function readLog(file: string, from = 0, firstNumber = 1): LogContents {
  let descriptor: number
  try {
    descriptor = openPlain(file)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return {records: [], end: 0, torn: 0}
    throw stateError('read', file, cause, {code: 'state/damaged'})
  }
  try {
    const size = fstatSync(descriptor).size
    if (size <= from) return {records: [], end: from, torn: 0}
    if (size > LARGEST_LOG) throw stateError('read', file, tooLarge(), {code: 'state/damaged'})
    const buffer = Buffer.alloc(size - from)
    let read = 0
    while (read < buffer.length) {
      const count = readSync(descriptor, buffer, read, buffer.length - read, from + read)
      if (count === 0) break
      read += count
    }
    return decodeRecords(buffer.subarray(0, read), from, path.basename(file), firstNumber)
  } finally {
    closeSync(descriptor)
  }
}

const tooLarge = (): Error => new Error(`it is larger than ${LARGEST_LOG >> 20} MB, as none is that we wrote`)

export interface AppendLog {
  readonly file: string
  /**
   * Durable when it returns. Raises `state/full` or `state/damaged`; after a failed sync nothing is taken any more.
   * `size`: how large the file is, where the caller knows it.
   */
  append(payload: string, size?: number): {readonly offset: number; readonly bytes: Buffer}
  /** Written, and durable with the next synced record. */
  note(payload: string, size?: number): {readonly offset: number; readonly bytes: Buffer}
  /** Several records in one write and one sync: all or none is acknowledged. */
  appendAll(payloads: readonly string[], sync?: boolean): readonly Buffer[]
  /** Makes durable what was only noted. */
  sync(): void
  /** The open file, for whoever compares it with its path. */
  readonly descriptor: number
  readonly end: number
  close(): void
}

/** The calls that can fail; a test passes its own to make each one fail. */
export interface LogSystem {
  readonly write: (descriptor: number, bytes: Buffer) => number
  readonly sync: (descriptor: number) => void
  readonly truncate: (descriptor: number, size: number) => void
}
export const SYSTEM: LogSystem = {
  write: (fd, bytes) => writeSync(fd, bytes),
  sync: fdatasyncSync,
  truncate: ftruncateSync,
}

/**
 * Opens a log for one writer at a time: several take turns behind a lock of their own. An incomplete last record is kept
 * in `FILE.torn-OFFSET` and cut off. `contents` is given by whoever has read the file already.
 */
export function openLog(
  file: string,
  system: LogSystem = SYSTEM,
  contents: Pick<LogContents, 'end' | 'torn'> = readLog(file),
): AppendLog & {readonly cut: number} {
  const descriptor = openDurably(file)
  if (contents.torn > 0) {
    const whole = readPlain(file, LARGEST_LOG)
    keepAside(`${file}.torn-${contents.end}`, whole.subarray(contents.end))
    system.truncate(descriptor, contents.end)
    system.sync(descriptor)
  }
  let end = contents.end
  let broken: OpsError | undefined
  let noted = false

  const makeDurable = (): void => {
    try {
      system.sync(descriptor)
      noted = false
    } catch (cause) {
      // Pages that failed to sync may be dropped by the kernel: nothing after this can be promised.
      broken = new OpsError('state/damaged', `${file} could not be made durable: ${messageOf(cause)}`, {
        cause,
        hint: 'Check the disk, then start again: the log is verified when it is opened.',
      })
      throw broken
    }
  }
  // Others may have appended since: what is taken back after a failure must be ours and nothing else.
  const write = (bytes: Buffer, sync = true, start = fstatSync(descriptor).size): number => {
    if (broken) throw broken
    try {
      const written = system.write(descriptor, bytes)
      if (written !== bytes.length)
        throw Object.assign(new Error(`only ${written} of ${bytes.length} bytes were written`), {code: 'ENOSPC'})
    } catch (cause) {
      takeBack(start)
      throw asLogError(file, cause)
    }
    noted = true
    if (sync) makeDurable()
    end = start + bytes.length
    return start
  }
  const takeBack = (start: number): void => {
    try {
      system.truncate(descriptor, start)
    } catch (cause) {
      broken = asLogError(file, cause)
    }
  }
  return {
    file,
    cut: contents.torn,
    append: (payload, size) => {
      const bytes = encodeRecord(payload)
      return {offset: write(bytes, true, size), bytes}
    },
    note: (payload, size) => {
      const bytes = encodeRecord(payload)
      return {offset: write(bytes, false, size), bytes}
    },
    appendAll: (payloads, sync) => {
      const lines = payloads.map(encodeRecord)
      write(Buffer.concat(lines), sync)
      return lines
    },
    sync: () => {
      if (broken) throw broken
      if (noted) makeDurable()
    },
    descriptor,
    get end() {
      return end
    },
    close: () => closeSync(descriptor),
  }
}

/** Opens for appending; a new file's directory entry is made durable too. */
function openDurably(file: string): number {
  try {
    const descriptor = openInMode(file, 'a')
    syncDirectory(path.dirname(file))
    return descriptor
  } catch (cause) {
    throw asLogError(file, cause)
  }
}

function keepAside(file: string, bytes: Uint8Array): void {
  const descriptor = openInMode(file, 'w')
  try {
    writeFileSync(descriptor, bytes)
  } finally {
    closeSync(descriptor)
  }
}

const asLogError = (file: string, cause: unknown): OpsError => stateError('write', file, cause)
