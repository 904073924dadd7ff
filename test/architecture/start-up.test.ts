import {spawnSync} from 'node:child_process'
import {existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import {spawn} from '@lydell/node-pty'
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
  return contentsOf(loadedFiles(list))
}

const loadedFiles = (list: string): readonly string[] =>
  [...new Set(readFileSync(list, 'utf8').trim().split('\n'))].filter(file => file.startsWith(DIST))

function contentsOf(files: readonly string[]) {
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
    /** Modules of Node that are loaded with them. */
    builtins: [
      ...new Set(
        // What waits for its first call is in a function.
        texts.flatMap(text =>
          [...text.matchAll(/^(?:const .*)= globalThis\.process\.getBuiltinModule\("(node:[^"]+)"\);/gm)].map(
            ([, name]) => name,
          ),
        ),
      ),
    ],
    modules,
  }
}

test.each([
  // Arguments, packages, and at most so many files and kilobytes: a tenth above what it is today.
  {args: ['--version'], packages: [], files: 1, kilobytes: 6},
  {args: ['--help'], packages: ['yaml', 'zod'], files: 170, kilobytes: 1690},
  {args: ['runs', 'list'], packages: ['yaml', 'zod'], files: 19, kilobytes: 1185},
  {args: ['audit', 'list'], packages: ['yaml', 'zod'], files: 19, kilobytes: 1185},
  {args: ['status'], packages: ['yaml', 'zod'], files: 47, kilobytes: 1335},
  {args: ['plan', 'diagnose'], packages: ['yaml', 'zod', 'zx'], files: 35, kilobytes: 1380},
])('$args loads what it needs and no more', ({args, packages, files, kilobytes}) => {
  const loaded = loadedBy(args)
  expect(loaded.packages).toEqual(packages)
  expect(loaded.files).toBeLessThanOrEqual(files)
  expect(loaded.kilobytes).toBeLessThanOrEqual(kilobytes)
})

test('the console loads what its first live screen is made of, and all else when that stands', async () => {
  const list = path.join(dir, 'console.txt')
  const {CI: _, ...env} = process.env
  const pty = spawn(process.execPath, ['--import', HOOK, path.join(DIST, 'cli.mjs')], {
    name: 'xterm-256color',
    cols: 120,
    rows: 40,
    cwd: dir,
    env: {...env, HOME: dir, LOADED_FILES: list, OPSCONSOLE_STATE_DIR: path.join(dir, 'console')},
  })
  const ended = new Promise(resolve => pty.onExit(resolve))
  // The keys are read by Ink, which is loaded as soon as the screen is painted.
  const isInk = (file: string): boolean => readFileSync(file, 'utf8').includes('\n// src/tui/ink.ts\n')
  const inkAt = (): number => (existsSync(list) ? loadedFiles(list).findIndex(isInk) : -1)
  await expect.poll(inkAt, {timeout: 120_000}).toBeGreaterThan(0)
  pty.kill('SIGKILL')
  await ended
  const loaded = contentsOf(loadedFiles(list).slice(0, inkAt()))
  expect(loaded.packages).toEqual(['fzf', 'get-east-asian-width', 'yaml', 'zod'])
  expect(loaded.modules).toContain('src/tui/paint/painter.ts')
  const later =
    /^src\/(monitors\/monitor|alerts\/(engine|channels\/\w+\/channel)|probes\/\w+\/probe|runbooks\/api)\.ts$/
  expect(loaded.modules.filter(name => later.test(name))).toEqual([])
  // All others are loaded by the first call of one of their functions.
  const there = ['fs', 'module', 'net', 'os', 'path', 'sqlite', 'string_decoder', 'url']
  expect(new Set(loaded.builtins)).toEqual(new Set(there.map(name => `node:${name}`)))
  // `cli.mjs`, the console's own entry, its one file, and the two that it shares with everybody.
  expect(loaded.files).toBeLessThanOrEqual(5)
  expect(loaded.kilobytes).toBeLessThanOrEqual(1700)
}, 180_000)

/** What a file of the build imports, now or when it is called, and that again: chunks of earlier builds lie beside them. */
function builtFrom(entry: string): readonly {readonly file: string; readonly text: string}[] {
  const texts = new Map<string, string>()
  const waiting = [path.join(DIST, entry)]
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (texts.has(file) || !existsSync(file)) continue
    const text = readFileSync(file, 'utf8')
    texts.set(file, text)
    for (const [, name = ''] of text.matchAll(/["'](\.{1,2}\/[^"'\s]+\.mjs)["']/g))
      waiting.push(path.resolve(path.dirname(file), name))
  }
  return [...texts].map(([file, text]) => ({file, text}))
}

test('what the first screen is made of is ASCII, makes few schemas, and runs no parser of YAML', () => {
  const core = builtFrom('console.mjs').find(({text}) => text.includes('\n// src/tui/start.ts\n'))
  if (core === undefined) throw new Error('no file of the build has the screens')
  expect(/[^\0-\x7f]/.exec(core.text)).toBeNull()
  expect(core.text).not.toMatch(/^var import_yaml\d* = /m)
  // Its schemas are those of the whole configuration; zod tells of each that is made.
  const script = `let made = 0
    globalThis.__zod_globalConfig = {postProcessor: () => void (made += 1)}
    await import(${JSON.stringify(core.file)})
    process.stdout.write(String(made))`
  const {stdout} = spawnSync(process.execPath, ['--input-type=module', '-e', script], {encoding: 'utf8'})
  // 102 today: a section of the configuration is one, made of more when a file has it.
  expect(Number(stdout)).toBeGreaterThan(10)
  expect(Number(stdout)).toBeLessThanOrEqual(120)
}, 60_000)

test("the layout of Ink does not ask for Node's HTTP client", () => {
  for (const entry of ['cli.mjs', 'console.mjs']) {
    const layout = builtFrom(entry).filter(({text}) => text.includes('\n// node_modules/yoga-layout/dist/binaries/'))
    expect(layout.length).toBeGreaterThan(0)
    expect(layout.filter(({text}) => text.includes('typeof fetch'))).toEqual([])
  }
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

test('of several drivers of a kind, those that are configured are loaded', () => {
  writeFileSync(
    path.join(dir, 'opsconsole.yaml'),
    `environments: [{name: bench}]
alerts: {channels: [{type: ntfy, name: phone, url: 'http://127.0.0.1:9', topic: ops}]}
databases: [{name: shop, url: 'postgres://ops@127.0.0.1:9/shop'}]
backups: [{name: shop, database: shop, storage: {type: dir, path: backups}, encryption: {recipients: [age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p]}}]
releases:
  - name: web
    traffic: {type: haproxy, socket: haproxy.sock, backend: app}
    slots: [{name: blue, instances: [{name: b, url: 'http://127.0.0.1:9'}]}, {name: green, instances: [{name: g, url: 'http://127.0.0.1:9'}]}]
    instances: {type: command, deploy: [./deploy, '{instance}', '{version}'], stop: [./stop, '{instance}']}
`,
  )
  for (const args of [['status'], ['plan', 'diagnose']]) {
    const {modules} = loadedBy(args)
    const drivers = modules.filter(name =>
      /^src\/(releases\/(traffic|instances)|backups\/(storage|methods)|alerts\/channels)\/(\w+)\/(\4|channel)\.ts$/.test(
        name,
      ),
    )
    expect([...new Set(drivers)].sort()).toEqual(
      args[0] === 'status'
        ? ['src/backups/storage/dir/dir.ts', 'src/releases/traffic/haproxy/haproxy.ts']
        : [
            'src/backups/methods/pgdump/pgdump.ts',
            'src/backups/storage/dir/dir.ts',
            'src/releases/instances/command/command.ts',
            'src/releases/traffic/haproxy/haproxy.ts',
          ],
    )
  }
})
