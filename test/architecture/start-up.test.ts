import {spawnSync} from 'node:child_process'
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import {afterAll, expect, test} from 'vitest'

const ROOT = path.resolve(import.meta.dirname, '../..')
const DIST = path.join(ROOT, 'dist')
const HOOK = path.join(ROOT, 'test/setup/note-loaded.mjs')

const dir = mkdtempSync(path.join(os.tmpdir(), 'opsconsole-start-'))
afterAll(() => rmSync(dir, {recursive: true, force: true}))
writeFileSync(
  path.join(dir, 'opsconsole.yaml'),
  'environments: [{name: bench}]\nservices: [{name: web, probe: {type: tcp, host: 127.0.0.1, port: 9}}]\n',
)

/** What a command loads of the built program: counted instead of timed, so that a busy machine changes nothing. */
function loadedBy(args: readonly string[]) {
  const list = path.join(dir, `${args.join('-')}.txt`)
  const {status, stderr} = spawnSync(process.execPath, ['--import', HOOK, path.join(DIST, 'cli.mjs'), ...args], {
    cwd: dir,
    env: {...process.env, LOADED_FILES: list, CI: 'true', OPSCONSOLE_STATE_DIR: path.join(dir, 'state')},
    encoding: 'utf8',
  })
  expect(stderr).toBe('')
  expect(status).toBe(0)
  const files = [...new Set(readFileSync(list, 'utf8').trim().split('\n'))].filter(file => file.startsWith(DIST))
  const texts = files.map(file => readFileSync(file, 'utf8'))
  // The bundler leaves a comment with its path before each module.
  const modules = texts.flatMap(text =>
    [...text.matchAll(/^(?:  )?\/\/ ((?:src|node_modules)\/\S+)$/gm)].map(([, name = '']) => name),
  )
  const packages = modules.flatMap(name => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(name)?.[1] ?? [])
  return {
    files: files.length,
    kilobytes: Math.round(texts.reduce((sum, text) => sum + text.length, 0) / 1000),
    packages: [...new Set(packages)].sort(),
    modules,
  }
}

test.each([
  // Arguments, packages, and at most so many files and kilobytes: a tenth above what it is today.
  {args: ['--version'], packages: [], files: 1, kilobytes: 6},
  {args: ['--help'], packages: ['yaml', 'zod'], files: 122, kilobytes: 1500},
  {args: ['runs', 'list'], packages: ['yaml', 'zod'], files: 27, kilobytes: 1105},
  {args: ['audit', 'list'], packages: ['yaml', 'zod'], files: 27, kilobytes: 1105},
  {args: ['status'], packages: ['yaml', 'zod'], files: 45, kilobytes: 1220},
  {args: ['plan', 'diagnose'], packages: ['yaml', 'zod', 'zx'], files: 47, kilobytes: 1305},
])('$args loads what it needs and no more', ({args, packages, files, kilobytes}) => {
  const loaded = loadedBy(args)
  expect(loaded.packages).toEqual(packages)
  expect(loaded.files).toBeLessThanOrEqual(files)
  expect(loaded.kilobytes).toBeLessThanOrEqual(kilobytes)
})

test('what probes and changes things is loaded for what is configured only', () => {
  const {modules} = loadedBy(['status'])
  expect(modules).toContain('src/probes/tcp/probe.ts')
  expect(
    modules.filter(name =>
      /^src\/(probes\/(?!tcp)\w+\/probe|\w+\/ops|(caches|databases|backups|releases)\/target)\.ts$/.test(name),
    ),
  ).toEqual([])
})
