import {execFileSync} from 'node:child_process'
import {randomBytes} from 'node:crypto'
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {Decrypter, Encrypter, generateX25519Identity, identityToRecipient} from 'age-encryption'
import {describe, expect, test} from 'vitest'
import {openSealed, SealError} from './open.ts'
import {CHUNK, createSealer} from './seal.ts'

const SIZES = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 17]

async function sealAll(plain: Uint8Array, recipients: readonly string[], piece = 100_003): Promise<Buffer> {
  const sealer = await createSealer(recipients)
  const parts = [sealer.head]
  for (let at = 0; at < plain.length; at += piece) parts.push(...sealer.update(plain.subarray(at, at + piece)))
  return Buffer.concat([...parts, ...sealer.finish()])
}

async function* inPieces(bytes: Uint8Array, piece: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece)
}

async function openAll(sealed: Uint8Array, identity: string, piece = 70_001): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of openSealed(inPieces(sealed, piece), [identity])) parts.push(part)
  return Buffer.concat(parts)
}

async function faultOf(sealed: Uint8Array, identity: string): Promise<string> {
  try {
    await openAll(sealed, identity)
    return 'opened'
  } catch (error) {
    return error instanceof SealError ? error.fault : 'unexpected'
  }
}

describe('sealing', () => {
  test.each(SIZES)('%i bytes sealed here are opened by the age library and by ours', async size => {
    const identity = await generateX25519Identity()
    const plain = randomBytes(size)
    const sealed = await sealAll(plain, [await identityToRecipient(identity)])
    const library = new Decrypter()
    library.addIdentity(identity)
    expect(Buffer.from(await library.decrypt(sealed)).equals(plain)).toBe(true)
    expect((await openAll(sealed, identity)).equals(plain)).toBe(true)
  })

  test.each(SIZES)('%i bytes sealed by the age library are opened by ours', async size => {
    const identity = await generateX25519Identity()
    const plain = randomBytes(size)
    const library = new Encrypter()
    library.addRecipient(await identityToRecipient(identity))
    expect((await openAll(await library.encrypt(plain), identity, 4096)).equals(plain)).toBe(true)
  })

  test('the age command of the distribution opens it with either of two keys', async () => {
    const directory = mkdtempSync(path.join(tmpdir(), 'opsconsole-seal-'))
    try {
      const identities = [await generateX25519Identity(), await generateX25519Identity()]
      const plain = randomBytes(200_000)
      writeFileSync(
        path.join(directory, 'sealed'),
        await sealAll(plain, await Promise.all(identities.map(identityToRecipient))),
      )
      for (const identity of identities) {
        writeFileSync(path.join(directory, 'key'), `${identity}\n`, {mode: 0o600})
        const opened = execFileSync('age', ['-d', '-i', path.join(directory, 'key'), path.join(directory, 'sealed')])
        expect(opened.equals(plain)).toBe(true)
      }
    } finally {
      rmSync(directory, {recursive: true})
    }
  })

  test('whoever stops early lets go of the file', async () => {
    const identity = await generateX25519Identity()
    const sealed = await sealAll(randomBytes(5 * CHUNK), [await identityToRecipient(identity)])
    let open = true
    async function* source(): AsyncGenerator<Uint8Array> {
      try {
        yield* inPieces(sealed, CHUNK)
      } finally {
        open = false
      }
    }
    for await (const piece of openSealed(source(), [identity])) {
      expect(piece).toHaveLength(CHUNK)
      break
    }
    expect(open).toBe(false)
  })

  test('another identity is told apart from damage', async () => {
    const sealed = await sealAll(randomBytes(10), [await identityToRecipient(await generateX25519Identity())])
    expect(await faultOf(sealed, await generateX25519Identity())).toBe('key')
    expect(await faultOf(sealed, 'nonsense')).toBe('key')
  })

  test('no cut and no flipped byte goes unnoticed', async () => {
    const identity = await generateX25519Identity()
    const sealed = await sealAll(randomBytes(2 * CHUNK + 500), [await identityToRecipient(identity)])
    const step = Math.ceil(sealed.length / 97)
    for (let at = 0; at < sealed.length; at += step) {
      expect(await faultOf(sealed.subarray(0, at), identity)).not.toBe('opened')
      const flipped = Buffer.from(sealed)
      flipped[at] = (flipped[at] ?? 0) ^ 1
      expect(await faultOf(flipped, identity)).not.toBe('opened')
    }
    expect(await faultOf(sealed.subarray(0, sealed.length - 1), identity)).toBe('cut')
    const headerLess = Buffer.alloc(1000)
    expect(await faultOf(headerLess, identity)).toBe('altered')
  })

  test('a file cut exactly between two chunks is noticed', async () => {
    const identity = await generateX25519Identity()
    const recipient = await identityToRecipient(identity)
    const sealed = await sealAll(randomBytes(2 * CHUNK), [recipient])
    expect(await faultOf(sealed.subarray(0, sealed.length - CHUNK - 16), identity)).toBe('cut')
  })
})
