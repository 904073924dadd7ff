import {execFileSync} from 'node:child_process'
import {linkSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {expect, onTestFinished, test} from 'vitest'
import {openInMode, prepareDatabase} from './modes.ts'
import {openPlain, readPlainText} from './plain-file.ts'

function place() {
  const directory = mkdtempSync(path.join(tmpdir(), 'opsconsole-plain-'))
  onTestFinished(() => rmSync(directory, {recursive: true, force: true}))
  const elsewhere = path.join(directory, 'elsewhere')
  writeFileSync(elsewhere, 'of somebody else')
  return {file: path.join(directory, 'ours'), elsewhere}
}

/** What somebody can put in the place of a file. */
const KINDS: Readonly<Record<string, (file: string, elsewhere: string) => void>> = {
  'a pipe': file => void execFileSync('mkfifo', [file]),
  'a link': (file, elsewhere) => symlinkSync(elsewhere, file),
  'a link to nothing': file => symlinkSync(`${file}-nowhere`, file),
  'a directory': file => mkdirSync(file),
  'a device': file => symlinkSync('/dev/zero', file),
}

test.each(Object.entries(KINDS))('%s in its place is neither read nor written, nor waited for', (_title, put) => {
  const {file, elsewhere} = place()
  put(file, elsewhere)
  expect(() => openPlain(file)).toThrow()
  expect(() => readPlainText(file)).toThrow()
  for (const flags of ['a', 'w', 'wx'] as const) expect(() => openInMode(file, flags)).toThrow()
  expect(() => prepareDatabase(file)).toThrow(/not a plain file/)
  expect(readFileSync(elsewhere, 'utf8')).toBe('of somebody else')
})

test('a database with a second name is not opened: whoever gave it that name could change it', () => {
  const {file, elsewhere} = place()
  linkSync(elsewhere, file)
  expect(() => prepareDatabase(file)).toThrow(/is a link/)
})

test('one of gigabytes, which takes no room on the disk, does not fill the memory', () => {
  const {file} = place()
  writeFileSync(file, '')
  truncateSync(file, 20 * 2 ** 30)
  expect(() => readPlainText(file)).toThrow('ours is larger than 64 MB')
})

test('a plain file is read as it is', () => {
  const {elsewhere} = place()
  expect(readPlainText(elsewhere)).toBe('of somebody else')
})
