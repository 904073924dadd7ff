import {createHash, randomBytes} from 'node:crypto'
import {mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {expect, onTestFinished, test} from 'vitest'
import {directoryStorage} from './dir/dir.ts'
import {PART} from './resumed.ts'
import type {BackupStorage} from './storage.ts'

const NAME = 'one.age'
const BYTES = randomBytes(3 * PART + 1000)
const PIECE = 1024 * 1024

function fresh(): {storage: BackupStorage; directory: string} {
  const root = mkdtempSync(path.join(tmpdir(), 'opsconsole-resumed-'))
  onTestFinished(() => rmSync(root, {recursive: true}))
  const secret = (): Promise<string> => Promise.reject(new Error('a directory has no secret'))
  return {
    storage: directoryStorage({type: 'dir', path: root}, {folder: 'shop', secret}),
    directory: path.join(root, 'shop'),
  }
}

/** The first bytes of an upload that was cut off. */
async function leave(storage: BackupStorage, bytes: Uint8Array): Promise<void> {
  const file = await storage.begin(NAME)
  await file.write(bytes)
  await file.leave?.()
}

/** The whole upload again; how many bytes were sent. */
async function resume(storage: BackupStorage, bytes: Buffer): Promise<number | undefined> {
  const file = await storage.resume?.(NAME)
  for (let at = 0; at < bytes.length; at += PIECE) await file?.write(bytes.subarray(at, at + PIECE))
  await file?.commit()
  return file?.sent?.()
}
const stored = (directory: string): Buffer => {
  expect(readdirSync(directory)).toEqual([NAME])
  return readFileSync(path.join(directory, NAME))
}

test.each([
  ['nothing', 0, 0],
  ['less than a part', 1000, 0],
  ['one part', PART, 1],
  ['two and a half', 2.5 * PART, 2],
  ['everything but the name', BYTES.length, 3],
])('an upload of which %s is there sends the rest', async (_what, there, parts) => {
  const {storage, directory} = fresh()
  await leave(storage, BYTES.subarray(0, there))
  expect(await resume(storage, BYTES)).toBe(BYTES.length - parts * PART)
  expect(stored(directory).equals(BYTES)).toBe(true)
})

test('where nothing was left it is an upload like any other', async () => {
  const {storage, directory} = fresh()
  expect(await resume(storage, BYTES)).toBeUndefined()
  expect(stored(directory).equals(BYTES)).toBe(true)
})

test('what is there and is not the same is written over, from the first part that differs on', async () => {
  for (const [there, parts] of [
    [randomBytes(2 * PART), 0],
    [Buffer.concat([BYTES.subarray(0, PART), randomBytes(2 * PART), BYTES.subarray(3 * PART)]), 1],
    [Buffer.concat([BYTES, randomBytes(PART)]), 3],
  ] as const) {
    const {storage, directory} = fresh()
    await leave(storage, there)
    expect(await resume(storage, BYTES)).toBe(BYTES.length - parts * PART)
    expect(stored(directory).equals(BYTES)).toBe(true)
  }
})

test('an upload that is cut off again and again ends', async () => {
  const {storage, directory} = fresh()
  await leave(storage, BYTES.subarray(0, PART))
  for (const to of [2 * PART, 2 * PART + 5, 3 * PART]) {
    const file = await storage.resume?.(NAME)
    await file?.write(BYTES.subarray(0, to))
    await file?.leave?.()
    expect(await storage.list()).toMatchObject([{name: NAME, whole: false}])
  }
  expect(await resume(storage, BYTES)).toBe(1000)
  expect(stored(directory).equals(BYTES)).toBe(true)
})

test('of several that were cut off the newest is gone on with, and none of them is left', async () => {
  const {storage, directory} = fresh()
  for (const bytes of [1, 2]) await leave(storage, BYTES.subarray(0, bytes * PART))
  await resume(storage, BYTES)
  expect(createHash('sha256').update(stored(directory)).digest('hex')).toBe(
    createHash('sha256').update(BYTES).digest('hex'),
  )
})

test('what an earlier writer still does to the file is found before it gets its name', async () => {
  const {storage, directory} = fresh()
  await leave(storage, BYTES.subarray(0, PART))
  const file = await storage.resume?.(NAME)
  await file?.write(BYTES)
  const [partial = ''] = readdirSync(directory)
  const written = readFileSync(path.join(directory, partial))
  written[5] = (written[5] ?? 0) ^ 1
  writeFileSync(path.join(directory, partial), written)
  await expect(file?.commit()).rejects.toThrow(/is not what was written to it/)
  expect(await storage.stat(NAME)).toBeUndefined()
  // The next one finds the part that differs.
  expect(await resume(storage, BYTES)).toBe(BYTES.length)
  expect(stored(directory).equals(BYTES)).toBe(true)
})

test('a disk that lost the end of what was left is asked for what it has', async () => {
  const {storage, directory} = fresh()
  await leave(storage, BYTES.subarray(0, 2 * PART))
  const [partial = ''] = readdirSync(directory)
  truncateSync(path.join(directory, partial), 2 * PART - 1)
  expect(await resume(storage, BYTES)).toBe(BYTES.length - PART)
  expect(stored(directory).equals(BYTES)).toBe(true)
})

test('one that is given up is removed', async () => {
  const {storage, directory} = fresh()
  await leave(storage, BYTES.subarray(0, PART))
  await (await storage.resume?.(NAME))?.abort()
  expect(readdirSync(directory)).toEqual([])
  await leave(storage, BYTES.subarray(0, PART))
  const file = await storage.resume?.(NAME)
  await file?.write(BYTES)
  await file?.abort()
  expect(readdirSync(directory)).toEqual([])
})
