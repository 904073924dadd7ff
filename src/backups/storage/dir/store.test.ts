import {mkdtempSync, readdirSync, rmSync, statSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {directoryStore} from './store.ts'

let root = ''
beforeAll(() => {
  root = mkdtempSync(path.join(tmpdir(), 'opsconsole-dir-'))
})
afterAll(() => rmSync(root, {recursive: true, force: true}))

test('a file has its name only once it is whole, and only its owner can read it', async () => {
  const location = path.join(root, 'a')
  const store = directoryStore(location)
  expect(await store.names()).toEqual([])
  const file = await store.begin('one.age')
  await file.write(Buffer.from('half'))
  expect(readdirSync(location)).toEqual(['one.age.partial'])
  expect(await store.stat('one.age')).toBeUndefined()
  await file.write(Buffer.from(' whole'))
  await file.publish()
  expect(await store.readText('one.age')).toBe('half whole')
  expect(statSync(path.join(location, 'one.age')).mode & 0o777).toBe(0o600)
})

test('what is discarded leaves nothing', async () => {
  const store = directoryStore(path.join(root, 'b'))
  const file = await store.begin('two.age')
  await file.write(Buffer.from('x'))
  await file.discard()
  expect(await store.names()).toEqual([])
})

test('a text is replaced in one go, and a name cannot leave the directory', async () => {
  const location = path.join(root, 'c')
  const store = directoryStore(location)
  await store.writeText('m.json', '1')
  await store.writeText('m.json', '2')
  expect(await store.readText('m.json')).toBe('2')
  await store.writeText('../outside', 'x')
  expect(readdirSync(root)).not.toContain('outside')
})
