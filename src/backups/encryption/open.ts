import {createDecipheriv, type KeyObject} from 'node:crypto'
import {messageOf} from '../../errors.ts'
import {CHUNK, chunkNonce, streamKey, TAG} from './seal.ts'

/** Why an age file does not open. key: no identity fits · altered: header or chunk fails its check · cut: it ends early. */
export type SealFault = 'key' | 'altered' | 'cut'

export class SealError extends Error {
  readonly fault: SealFault
  constructor(fault: SealFault, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : {cause})
    this.name = 'SealError'
    this.fault = fault
  }
}

const HEADER_LIMIT = 64 * 1024
const SEALED = CHUNK + TAG

/**
 * The plain bytes of an age file. Nothing is given out that was not authenticated, but bytes given out before a later
 * chunk fails are a prefix of the truth, not the whole: callers must wait for the end. Raises `SealError`.
 */
export async function* openSealed(
  source: AsyncIterable<Uint8Array>,
  identities: readonly string[],
): AsyncGenerator<Buffer> {
  const iterator = source[Symbol.asyncIterator]()
  try {
    yield* openFrom(byteReader(iterator), identities)
  } finally {
    // Whoever stops early lets go of the file.
    await iterator.return?.()
  }
}

async function* openFrom(reader: ByteReader, identities: readonly string[]): AsyncGenerator<Buffer> {
  const fileKey = await unwrapFileKey(await readHeader(reader), identities)
  const nonce = Buffer.alloc(16)
  if ((await reader.fill(nonce)) < nonce.length) throw new SealError('cut', 'the file ends before its first chunk')
  const open = chunkOpener(streamKey(fileKey, nonce))
  const chunk = Buffer.allocUnsafeSlow(SEALED)
  for (let index = 0; ; index += 1) {
    const bytes = await reader.fill(chunk)
    const last = bytes < SEALED || (await reader.atEnd())
    yield open(chunk.subarray(0, bytes), last, index)
    if (last) return
  }
}

function chunkOpener(key: KeyObject): (sealed: Buffer, last: boolean, index: number) => Buffer {
  const counter = chunkNonce()
  return (sealed, last, index) => {
    const where = `chunk ${index + 1} (byte ${index * SEALED} of the payload)`
    if (sealed.length < TAG) throw new SealError('cut', `the file ends inside ${where}`)
    if (last && index > 0 && sealed.length === TAG) throw new SealError('cut', `${where} is empty`)
    const decipher = createDecipheriv('chacha20-poly1305', key, counter.next(last), {authTagLength: TAG})
    decipher.setAuthTag(sealed.subarray(sealed.length - TAG))
    const plain = decipher.update(sealed.subarray(0, sealed.length - TAG))
    try {
      decipher.final()
    } catch (cause) {
      const end = last ? ', or the file was cut there' : ''
      throw new SealError(last ? 'cut' : 'altered', `${where} fails its authentication${end}`, cause)
    }
    return plain
  }
}

async function unwrapFileKey(header: Buffer, identities: readonly string[]): Promise<Uint8Array> {
  const {Decrypter} = await import('age-encryption')
  const decrypter = new Decrypter()
  try {
    for (const identity of identities) decrypter.addIdentity(identity)
  } catch (cause) {
    throw new SealError('key', `the identity is not an age identity: ${messageOf(cause)}`, cause)
  }
  try {
    return await decrypter.decryptHeader(header)
  } catch (cause) {
    const text = messageOf(cause)
    if (text.includes('no identity matched'))
      throw new SealError('key', 'the identity at hand does not open this backup', cause)
    throw new SealError('altered', `the age header is damaged: ${text}`, cause)
  }
}

/** The header ends with the line `--- MAC`. */
async function readHeader(reader: ByteReader): Promise<Buffer> {
  let header: Buffer = Buffer.alloc(0)
  for (;;) {
    const line = await reader.line(HEADER_LIMIT - header.length)
    if (line === undefined) throw new SealError('altered', 'the file does not begin with an age header')
    header = Buffer.concat([header, line])
    if (header.length > line.length && line.indexOf('--- ') === 0) return header
  }
}

interface ByteReader {
  /** Fills it, and says with how many bytes: fewer at the end. */
  fill(into: Buffer): Promise<number>
  /** A line with its end; undefined when it has none within `limit` bytes. */
  line(limit: number): Promise<Buffer | undefined>
  atEnd(): Promise<boolean>
}

/** Everything is copied: a piece is good only until the next one is asked for. */
function byteReader(iterator: AsyncIterator<Uint8Array>): ByteReader {
  let piece: Buffer = Buffer.alloc(0)
  let ended = false
  async function atEnd(): Promise<boolean> {
    while (piece.length === 0 && !ended) {
      const next = await iterator.next()
      if (next.done === true) ended = true
      else piece = Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength)
    }
    return piece.length === 0
  }
  return {
    atEnd,
    async fill(into) {
      let filled = 0
      while (filled < into.length && !(await atEnd())) {
        const taken = piece.copy(into, filled)
        piece = piece.subarray(taken)
        filled += taken
      }
      return filled
    },
    async line(limit) {
      const parts: Buffer[] = []
      for (let left = limit; left > 0 && !(await atEnd()); ) {
        const end = piece.subarray(0, left).indexOf('\n')
        const part = Buffer.from(piece.subarray(0, end < 0 ? left : end + 1))
        piece = piece.subarray(part.length)
        left -= part.length
        parts.push(part)
        if (end >= 0) return Buffer.concat(parts)
      }
      return undefined
    },
  }
}
