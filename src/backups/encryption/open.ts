import {createDecipheriv} from 'node:crypto'
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
  const reader = byteReader(source)
  const fileKey = await unwrapFileKey(await readHeader(reader), identities)
  const nonce = await reader.take(16)
  if (nonce.length < 16) throw new SealError('cut', 'the file ends before its first chunk')
  const open = chunkOpener(streamKey(fileKey, nonce))
  let chunk = await reader.take(SEALED)
  for (let index = 0; ; index += 1) {
    const following = chunk.length === SEALED ? await reader.take(SEALED) : Buffer.alloc(0)
    const last = following.length === 0
    yield open(chunk, last, index)
    if (last) return
    chunk = following
  }
}

function chunkOpener(key: Buffer): (sealed: Buffer, last: boolean, index: number) => Buffer {
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
  const end = await reader.find(Buffer.from('\n--- '), HEADER_LIMIT)
  const newline = end < 0 ? -1 : await reader.find(Buffer.from('\n'), HEADER_LIMIT, end + 1)
  if (newline < 0) throw new SealError('altered', 'the file does not begin with an age header')
  return reader.take(newline + 1)
}

interface ByteReader {
  /** Exactly `count` bytes, fewer at the end. */
  take(count: number): Promise<Buffer>
  /** Offset of `mark` from here, or -1 when it is not within `limit`. Takes nothing. */
  find(mark: Buffer, limit: number, from?: number): Promise<number>
}

function byteReader(source: AsyncIterable<Uint8Array>): ByteReader {
  const iterator = source[Symbol.asyncIterator]()
  let pieces: Buffer[] = []
  let held = 0
  let ended = false
  async function fill(count: number): Promise<void> {
    while (held < count && !ended) {
      const next = await iterator.next()
      if (next.done === true) ended = true
      else {
        pieces.push(Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength))
        held += next.value.byteLength
      }
    }
    if (pieces.length > 1) pieces = [Buffer.concat(pieces)]
  }
  return {
    async take(count) {
      await fill(count)
      const all = pieces[0] ?? Buffer.alloc(0)
      const taken = all.subarray(0, count)
      pieces = all.length > count ? [all.subarray(count)] : []
      held -= taken.length
      return taken
    },
    async find(mark, limit, from = 0) {
      await fill(limit)
      return (pieces[0] ?? Buffer.alloc(0)).subarray(0, limit).indexOf(mark, from)
    },
  }
}
