import {mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {expect, onTestFinished, test} from 'vitest'
import {renameDurably, syncDirectory, writeDurably} from './durable.ts'

function directory(): string {
  const made = mkdtempSync(path.join(tmpdir(), 'opsconsole-durable-'))
  onTestFinished(() => rmSync(made, {recursive: true, force: true}))
  return made
}

test('a file is replaced whole, with the mode that is asked for, and nothing is left beside it', () => {
  const place = directory()
  const file = path.join(place, 'plan.json')
  writeDurably(file, 'old')
  expect(statSync(file).mode & 0o777).toBe(0o600)
  writeDurably(file, 'new', 0o640)
  expect(readFileSync(file, 'utf8')).toBe('new')
  expect(statSync(file).mode & 0o777).toBe(0o640)
  expect(readdirSync(place)).toEqual(['plan.json'])
})

test('where it cannot be written the old one stays', () => {
  const place = directory()
  const file = path.join(place, 'state')
  writeFileSync(file, 'old')
  expect(() => writeDurably(path.join(file, 'inside'), 'x')).toThrow(/ENOTDIR/)
  expect(readFileSync(file, 'utf8')).toBe('old')
  expect(() => syncDirectory(path.join(place, 'gone'))).toThrow(/ENOENT/)
})

test('a finished file takes its name from where it was written', async () => {
  const place = directory()
  writeFileSync(path.join(place, 'dump.partial'), 'whole')
  await renameDurably(path.join(place, 'dump.partial'), path.join(place, 'dump'))
  expect(readdirSync(place)).toEqual(['dump'])
})
