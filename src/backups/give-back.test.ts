import {createHash, randomBytes} from 'node:crypto'
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {Writable} from 'node:stream'
import {generateX25519Identity, identityToRecipient} from 'age-encryption'
import {expect, onTestFinished, test} from 'vitest'
import {feed} from './compression/feed.ts'
import {openSealed} from './encryption/open.ts'
import {sealInto} from './encryption/seal-into.ts'
import {giveBack, lent} from './give-back.ts'
import {directoryStorage} from './storage/dir/dir.ts'

const MEGABYTE = 1024 * 1024
const PIECE = 64 * 1024

test('memory that was given back is free; a part of something larger, and what is small, is left alone', () => {
  const whole = Buffer.alloc(PIECE)
  giveBack(whole)
  expect(whole.buffer.byteLength).toBe(0)
  const part = Buffer.alloc(PIECE).subarray(1)
  giveBack(part)
  expect(part).toHaveLength(PIECE - 1)
  const pooled = Buffer.from('a few words')
  giveBack(pooled)
  expect(String(pooled)).toBe('a few words')
})

test('a piece on loan is good until the next one is asked for', async () => {
  const pieces = [1, 2, 3].map(value => Buffer.alloc(PIECE, value))
  async function* source(): AsyncGenerator<Buffer> {
    yield* pieces
  }
  const seen: number[] = []
  for await (const piece of lent(source())) {
    seen.push(piece[PIECE - 1] ?? 0)
    expect(pieces.filter(other => other.buffer.byteLength > 0)).toContain(piece)
  }
  expect(seen).toEqual([1, 2, 3])
  expect(pieces.map(({length}) => length)).toEqual([0, 0, 0])
})

test('a receiver that breaks off keeps what it did not take', async () => {
  const pieces = [Buffer.alloc(PIECE), Buffer.alloc(PIECE)]
  async function* source(): AsyncGenerator<Buffer> {
    yield* pieces
  }
  const target = new Writable({
    write: (_piece, _encoding, done) => done(new Error('gone')),
  })
  target.on('error', () => undefined)
  await feed(source(), target)
  expect(pieces.map(({length}) => length)).toEqual([PIECE, PIECE])
})

test('what passes through a backup and back stays in a few megabytes, however much it is', async () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'opsconsole-flat-'))
  onTestFinished(() => rmSync(directory, {recursive: true}))
  const storage = directoryStorage(
    {type: 'dir', path: directory},
    {folder: 'flat', secret: () => Promise.reject(new Error('a directory has no secret'))},
  )
  const identity = await generateX25519Identity()
  const noise = randomBytes(PIECE)
  const [plain, restored] = [createHash('sha256'), createHash('sha256')]
  const before = process.memoryUsage().arrayBuffers
  let most = 0
  const look = (): void => {
    most = Math.max(most, process.memoryUsage().arrayBuffers - before)
  }
  async function* dump(): AsyncGenerator<Buffer> {
    for (let bytes = 0; bytes < 96 * MEGABYTE; bytes += PIECE) {
      const piece = Buffer.allocUnsafeSlow(PIECE)
      noise.copy(piece)
      plain.update(piece)
      yield piece
      look()
    }
  }
  const file = await storage.begin('flat.age')
  await sealInto(file, lent(dump()), [await identityToRecipient(identity)])
  await file.commit()
  const target = new Writable({
    write(piece: Buffer, _encoding, done) {
      restored.update(piece)
      look()
      done()
    },
  })
  await feed(openSealed(storage.read('flat.age'), [identity]), target)
  expect(restored.digest('hex')).toBe(plain.digest('hex'))
  expect(most).toBeGreaterThan(0)
  expect(most).toBeLessThan(16 * MEGABYTE)
})
