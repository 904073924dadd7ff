import {cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {ended} from '../program/installed.ts'
import type {Ended} from '../program/program.ts'

const ROOT = path.resolve(import.meta.dirname, '../..')
const scratch = mkdtempSync(path.join(tmpdir(), 'opsconsole-release-'))
const clone = path.join(scratch, 'clone')
const inClone = (...parts: readonly string[]): string => path.join(clone, ...parts)
afterAll(() => rmSync(scratch, {recursive: true, force: true}))

const env = {
  ...process.env,
  GIT_AUTHOR_NAME: 'A',
  GIT_AUTHOR_EMAIL: 'a@example.com',
  GIT_COMMITTER_NAME: 'A',
  GIT_COMMITTER_EMAIL: 'a@example.com',
}
async function git(...args: readonly string[]): Promise<string> {
  const {code, stdout, stderr} = await ended('git', args, {cwd: clone, env})
  expect(code, stderr).toBe(0)
  return stdout.trim()
}
const release = (...args: readonly string[]): Promise<Ended> => ended('./scripts/release', args, {cwd: clone, env})
const version = (file: string): string => (JSON.parse(readFileSync(inClone(file), 'utf8')) as {version: string}).version

/** A clone of what is committed, with the scripts and the files of the package as they are here now. */
beforeAll(async () => {
  await ended('git', ['clone', '--quiet', '--no-hardlinks', ROOT, clone], {cwd: scratch, env})
  writeFileSync(inClone('.git/info/exclude'), 'node_modules\n')
  symlinkSync(path.join(ROOT, 'node_modules'), inClone('node_modules'))
  for (const name of ['scripts', 'src', 'runbooks', 'package.json', 'package-lock.json', '.gitignore']) {
    rmSync(inClone(name), {recursive: true})
    cpSync(path.join(ROOT, name), inClone(name), {recursive: true})
  }
  writeFileSync(inClone('CHANGELOG.md'), '# Changelog\n\n## Unreleased\n\n- A thing that users notice.\n')
  await git('add', '--all')
  await git('commit', '--quiet', '--allow-empty', '--message', 'as it is here')
}, 60_000)

test('what is not committed, a version that is none, and a tag that is not there are refused, and nothing is made', async () => {
  expect(await release()).toMatchObject({code: 2})
  expect(await release('prepare', '9')).toMatchObject({code: 1, stderr: expect.stringContaining('not a version')})
  expect(await release('build', 'v9.9.9')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('this commit is not v9.9.9'),
  })
  writeFileSync(inClone('src/left.ts'), '')
  expect(await release('prepare', '9.9.9')).toMatchObject({code: 1, stderr: expect.stringContaining('src/left.ts')})
  rmSync(inClone('src/left.ts'))
  expect(await git('status', '--porcelain')).toBe('')
  expect(await git('tag', '--points-at', 'HEAD')).toBe('')
})

test('a release is prepared: version, changelog, one commit, its tag', async () => {
  expect(await release('prepare', '9.9.9')).toMatchObject({code: 0})
  expect([version('package.json'), version('package-lock.json')]).toEqual(['9.9.9', '9.9.9'])
  expect(readFileSync(inClone('CHANGELOG.md'), 'utf8')).toMatch(
    /^# Changelog\n\n## Unreleased\n\n## 9\.9\.9, \d{4}-\d\d-\d\d\n\n- A thing that users notice\.\n$/,
  )
  expect(await git('log', '--format=%s', '-1')).toBe('release: 9.9.9')
  expect(await git('diff', '--name-only', 'HEAD~1')).toBe('CHANGELOG.md\npackage-lock.json\npackage.json')
  expect(await git('tag', '--points-at', 'HEAD')).toBe('v9.9.9')
  expect(await release('prepare', '9.9.10')).toMatchObject({code: 1, stderr: expect.stringContaining('"Unreleased"')})
})

test('what the workflow publishes: the tarball of that version, its checksum, the section of the changelog', async () => {
  const built = await release('build', 'v9.9.9')
  expect(built.code, built.stderr).toBe(0)
  expect(readdirSync(inClone('release')).sort()).toEqual(['NOTES.md', 'SHA256SUMS', 'opsconsole-9.9.9.tgz'])
  expect(readFileSync(inClone('release/NOTES.md'), 'utf8')).toBe('- A thing that users notice.\n')
  expect(await ended('sha256sum', ['--check', 'SHA256SUMS'], {cwd: inClone('release'), env})).toMatchObject({code: 0})
  const {stdout} = await ended('tar', ['-xzOf', 'opsconsole-9.9.9.tgz', 'package/dist/cli.mjs'], {
    cwd: inClone('release'),
    env,
  })
  expect(stdout).toContain('"9.9.9"')
  expect(await git('status', '--porcelain')).toBe('')
}, 120_000)

test('a tag of another version is refused', async () => {
  await git('tag', 'v8.0.0')
  expect(await release('build', 'v8.0.0')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('package.json says 9.9.9'),
  })
})

test('workflows run our own scripts, and no action of anybody', () => {
  const workflows = readdirSync(path.join(ROOT, '.github/workflows'))
  const texts = workflows.map(name => readFileSync(path.join(ROOT, '.github/workflows', name), 'utf8'))
  expect(texts.filter(text => /^\s*(?:- )?uses:/m.test(text))).toEqual([])
  expect(texts.join('\n')).toContain('run: ./scripts/release build "$TAG"')
})
