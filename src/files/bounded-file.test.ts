import {execFileSync} from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import {createServer} from 'node:net'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {expect, onTestFinished, test} from 'vitest'
import {openRegular, readBounded, readBoundedSoon, readBoundedText, requireBounded} from './bounded-file.ts'

function place(): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'opsconsole-bounded-'))
  onTestFinished(() => rmSync(directory, {recursive: true, force: true}))
  return path.join(directory, 'file')
}

const NO_FILES: Readonly<Record<string, (file: string) => void>> = {
  'a pipe': file => void execFileSync('mkfifo', [file]),
  'a link to a device': file => symlinkSync('/dev/zero', file),
  'a directory': file => mkdirSync(file),
  nothing: () => undefined,
}

test.each(Object.entries(NO_FILES))('%s is not waited for', async (_title, put) => {
  const file = place()
  put(file)
  expect(() => readBounded(file)).toThrow(/regular|ENOENT/)
  expect(() => openRegular(file)).toThrow(/regular|ENOENT/)
  expect(() => requireBounded(file)).toThrow(/regular|ENOENT/)
  await expect(readBoundedSoon(file)).rejects.toThrow(/regular|ENOENT/)
})

test('nor is a socket', async () => {
  const file = place()
  const server = createServer()
  await new Promise<void>(resolve => server.listen(file, resolve))
  onTestFinished(() => void server.close())
  expect(() => readBounded(file)).toThrow()
  await expect(readBoundedSoon(file)).rejects.toThrow()
})

test('a file of 20 GB, which takes no room on the disk, does not fill the memory', async () => {
  const file = place()
  writeFileSync(file, '')
  truncateSync(file, 20 * 2 ** 30)
  expect(() => readBounded(file)).toThrow('larger than 16 MB')
  expect(() => requireBounded(file)).toThrow('larger than 16 MB')
  await expect(readBoundedSoon(file, 64 << 10)).rejects.toThrow('larger than 64 KB')
})

test('one that says it is empty and has no end does not either', () => {
  expect(() => readBounded('/proc/self/pagemap', 1 << 20)).toThrow('larger than 1 MB')
})

test('a file is read whole, through links too', async () => {
  const file = place()
  const text = 'ä'.repeat(100_000)
  writeFileSync(file, text)
  symlinkSync(file, `${file}-link`)
  expect(readBoundedText(`${file}-link`)).toBe(text)
  expect((await readBoundedSoon(`${file}-link`)).toString('utf8')).toBe(text)
})

/** What they read they made themselves a moment ago, is the system's, or is handed to a stream of a bounded reader. */
const OTHERS = [
  'backups/methods/redis/prove.ts',
  'backups/methods/restic/prove.ts',
  'backups/recovery/prove-recovered.ts',
  'backups/recovery/recover.ts',
  'backups/recovery/start-recovered.ts',
  'backups/scratch.ts',
  'backups/storage/dir/dir.ts',
  'backups/storage/dir/read.ts',
  'backups/storage/dir/unfinished.ts',
  'backups/tables/archive.ts',
  'cli.ts',
  'commands/run/ci-files.ts',
  'commands/run/parameters.ts',
  'runbooks/place-of-failure.ts',
  'shell/through-files.ts',
  'store/runs/inbox.ts',
  'trust/private-group.ts',
]

test('nothing else in the source reads a file that somebody may have replaced', () => {
  const root = path.join(import.meta.dirname, '..')
  const readers = readdirSync(root, {recursive: true, encoding: 'utf8'})
    .filter(file => file.endsWith('.ts') && !file.endsWith('.test.ts') && !/^(?:files|lab)\//.test(file))
    .filter(file => {
      const source = readFileSync(path.join(root, file), 'utf8').replaceAll(/^ *(?:\*|\/\/).*$/gm, '')
      return /\b(?:readFile|readFileSync|createReadStream)\((?![`'"]\/(?:proc|sys)\/)/.test(source)
    })
  expect(readers.sort()).toEqual(OTHERS)
})
