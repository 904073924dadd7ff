import {mkdirSync, mkdtempSync, readdirSync, rmSync, statSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {type BackupStorage, storeText} from '../storage.ts'
import {directoryStorage} from './dir.ts'

let root = ''
beforeAll(() => {
  root = mkdtempSync(path.join(tmpdir(), 'opsconsole-dir-'))
})
afterAll(() => rmSync(root, {recursive: true, force: true}))

const noSecret = (): Promise<string> => Promise.reject(new Error('a directory has no secret'))
const inFolder = (folder: string) => directoryStorage({type: 'dir', path: root}, {folder, secret: noSecret})
const textOf = async (storage: BackupStorage, name: string) => (await storage.readTexts([name])).get(name)

test('a file has its name only once it is whole, and only its owner can read it', async () => {
  const storage = inFolder('a/b')
  expect(storage.address).toBe(path.join(root, 'a/b'))
  expect(await storage.list()).toEqual([])
  const file = await storage.begin('one.age')
  await file.write(Buffer.from('half'))
  expect(await storage.list()).toMatchObject([{name: 'one.age', bytes: 4, whole: false}])
  expect(await storage.stat('one.age')).toBeUndefined()
  expect(await textOf(storage, 'one.age')).toBeUndefined()
  await file.write(Buffer.from(' whole'))
  await file.commit()
  expect(await storage.list()).toMatchObject([{name: 'one.age', bytes: 10, whole: true}])
  expect(await textOf(storage, 'one.age')).toBe('half whole')
  expect(statSync(path.join(root, 'a/b/one.age')).mode & 0o777).toBe(0o600)
  expect(statSync(path.join(root, 'a')).mode & 0o777).toBe(0o700)
})

test('what is aborted leaves nothing, and what was left by a killed writer is removed by its name', async () => {
  const storage = inFolder('b')
  const file = await storage.begin('two.age')
  await file.write(Buffer.from('x'))
  await file.abort()
  expect(await storage.list()).toEqual([])
  const left = await storage.begin('three.age')
  await storage.remove(['three.age', 'nothing'])
  expect(await storage.list()).toEqual([])
  await left.abort()
})

test('of two writers of one name, neither gives it to half of what the other has written', async () => {
  const storage = inFolder('two')
  const [one, two] = [await storage.begin('m.json'), await storage.begin('m.json')]
  await two.write(Buffer.from('sec'))
  await one.write(Buffer.from('first'))
  await one.commit()
  expect(await textOf(storage, 'm.json')).toBe('first')
  await two.write(Buffer.from('ond'))
  await two.commit()
  expect(await textOf(storage, 'm.json')).toBe('second')
})

test('a text is replaced in one go, and a name cannot leave the directory', async () => {
  const storage = inFolder('c')
  await storeText(storage, 'm.json', '1')
  await storeText(storage, 'm.json', '2')
  expect(await textOf(storage, 'm.json')).toBe('2')
  await storeText(storage, '../outside', 'x')
  expect(readdirSync(root)).not.toContain('outside')
})

test('reading begins where it is asked to, and one text that cannot be read does not hide the others', async () => {
  const storage = inFolder('d')
  await storeText(storage, 'good', '0123456789')
  mkdirSync(path.join(root, 'd/bad'))
  const texts = await storage.readTexts(['good', 'bad', 'gone'])
  expect([texts.get('good'), texts.get('bad'), texts.has('gone')]).toEqual(['0123456789', expect.any(Error), false])
  let read = ''
  for await (const piece of storage.read('good', {offset: 7})) read += Buffer.from(piece).toString()
  expect(read).toBe('789')
  expect(await storage.freeBytes?.()).toBeGreaterThan(0)
})
