import {createCipheriv, createSecretKey, hkdfSync, type KeyObject, randomBytes} from 'node:crypto'

/** Plain bytes of one age chunk; every sealed chunk is 16 bytes longer (its Poly1305 tag). */
export const CHUNK = 64 * 1024
export const TAG = 16

/** Turns plain bytes into an age file (age-encryption.org/v1), piece by piece. Bytes must go in in order. */
export interface Sealer {
  /** Header and payload nonce: the first bytes of the file. */
  readonly head: Buffer
  /** Pieces of the chunks that `plain` completed, in order; may be none. They are copies: `plain` may be reused. */
  update(plain: Uint8Array): readonly Buffer[]
  /** The last chunk. */
  finish(): readonly Buffer[]
}

/**
 * Wrapping the file key for the recipients is age-encryption's work; the bulk goes through OpenSSL, which is about ten
 * times faster than ChaCha20-Poly1305 in JavaScript. The result is an ordinary age file: `age -d` opens it.
 */
export async function createSealer(recipients: readonly string[]): Promise<Sealer> {
  const {header, fileKey} = await wrapFileKey(recipients)
  const nonce = randomBytes(16)
  const seal = chunkSealer(streamKey(fileKey, nonce))
  const pending = Buffer.allocUnsafe(CHUNK)
  let filled = 0

  return {
    head: Buffer.concat([header, nonce]),
    update(plain) {
      const sealed: Buffer[] = []
      let offset = 0
      while (offset < plain.length) {
        // A full chunk is sealed only when more follows: the last one, full or not, carries the end mark.
        if (filled === CHUNK) {
          sealed.push(...seal(pending, false))
          filled = 0
        }
        const taken = Math.min(CHUNK - filled, plain.length - offset)
        pending.set(plain.subarray(offset, offset + taken), filled)
        filled += taken
        offset += taken
      }
      return sealed
    },
    finish: () => seal(pending.subarray(0, filled), true),
  }
}

function chunkSealer(key: KeyObject): (plain: Buffer, last: boolean) => readonly Buffer[] {
  const counter = chunkNonce()
  return (plain, last) => {
    const cipher = createCipheriv('chacha20-poly1305', key, counter.next(last), {authTagLength: TAG})
    // Not joined here: the writer gathers a megabyte of pieces at once, and every copy less is felt.
    const sealed = cipher.update(plain)
    cipher.final()
    return [sealed, cipher.getAuthTag()]
  }
}

/**
 * The key of the payload, from the file key and the nonce before the payload (age v1, "payload"). As a key, not as its bytes:
 * Node would look into those again for every chunk, a fifth of the time that the cipher takes.
 */
export function streamKey(fileKey: Uint8Array, nonce: Uint8Array): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync('sha256', fileKey, nonce, 'payload', 32)))
}

/** 11 bytes of big-endian counter and one byte that marks the last chunk. */
export function chunkNonce(): {next(last: boolean): Buffer} {
  let index = 0n
  return {
    next(last) {
      const nonce = Buffer.alloc(12)
      nonce.writeBigUInt64BE(index, 3)
      nonce[11] = last ? 1 : 0
      index += 1n
      return nonce
    },
  }
}

async function wrapFileKey(recipients: readonly string[]): Promise<{header: Buffer; fileKey: Uint8Array}> {
  const kept: Uint8Array[] = []
  const {Encrypter} = await import('age-encryption') // loaded late: most processes never seal anything
  const encrypter = new Encrypter()
  for (const recipient of recipients) encrypter.addRecipient(recipient)
  encrypter.addRecipient({
    wrapFileKey(key) {
      kept.push(Uint8Array.from(key))
      return []
    },
  })
  const empty = await encrypter.encrypt(new Uint8Array(0))
  const fileKey = kept[0]
  if (fileKey === undefined) throw new Error('age-encryption gave no file key')
  // An empty file is its header, 16 bytes of nonce, and one empty chunk that is only a tag.
  return {header: Buffer.from(empty.subarray(0, empty.length - 16 - TAG)), fileKey}
}
