import {spawnSync} from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import {afterAll, expect, test} from 'vitest'

const root = path.resolve(import.meta.dirname, '..')
const directory = mkdtempSync(path.join(os.tmpdir(), 'opsconsole-launcher-'))
afterAll(() => rmSync(directory, {recursive: true, force: true}))

const {version, engines} = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
  version: string
  engines: {node: string}
}
const wanted = engines.node.replace('>=', '')

function launch(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const {status, stdout, stderr} = spawnSync(program, args, {
    cwd: directory,
    encoding: 'utf8',
    env: {PATH: process.env['PATH'], HOME: directory, OPSCONSOLE_NODE: process.execPath, ...env},
  })
  return {status, stdout, stderr}
}

test('the program starts through links, from any directory', () => {
  symlinkSync(path.join(root, 'bin/opsconsole'), path.join(directory, 'one'))
  symlinkSync('one', path.join(directory, 'two'))
  expect(launch(path.join(directory, 'two'), ['--version'])).toEqual({
    status: 0,
    stdout: `opsconsole ${version}\n`,
    stderr: '',
  })
})

test('what Node and drivers warn of stands nowhere on the screen', () => {
  const hook = `data:text/javascript,${encodeURIComponent(
    "process.stdout.on('newListener', () => process.emitWarning('SECURITY WARNING'))",
  )}`
  const built = path.join(root, 'dist/cli.mjs')
  const {stdout, stderr} = launch(process.execPath, [`--import=${hook}`, built, 'init', '--help'])
  expect(stdout).toContain('opsconsole init')
  expect(stderr).toBe('')
})

test('without Node it says what is missing, exit 2', () => {
  const {status, stderr} = launch(path.join(root, 'bin/opsconsole'), ['--version'], {OPSCONSOLE_NODE: '/nowhere/node'})
  expect(status).toBe(2)
  expect(stderr).toContain('needs Node 24.15 or newer')
})

test('an old Node is refused in words before anything is loaded', () => {
  // The real start module, told that it runs on Node 20.
  const old = path.join(directory, 'old.cjs')
  const start = readFileSync(path.join(root, 'bin/start.cjs'), 'utf8')
  writeFileSync(old, start.replaceAll('process.versions.node', "'20.20.2'"))
  const {status, stdout, stderr} = launch(process.execPath, [old])
  expect({status, stdout}).toEqual({status: 2, stdout: ''})
  expect(stderr).toContain('this is 20.20.2')
})

test('building with an old Node is refused in words as well, by the version that the package asks for', () => {
  const scripts = path.join(directory, 'scripts')
  mkdirSync(scripts)
  copyFileSync(path.join(root, 'package.json'), path.join(directory, 'package.json'))
  const build = readFileSync(path.join(root, 'scripts/build.mjs'), 'utf8')
  writeFileSync(path.join(scripts, 'build.mjs'), build.replaceAll('process.versions.node', "'20.20.2'"))
  const {status, stdout, stderr} = launch(process.execPath, [path.join(scripts, 'build.mjs')])
  expect({status, stdout}).toEqual({status: 2, stdout: ''})
  expect(stderr).toContain(`needs Node ${wanted} or newer, this is 20.20.2`)
})

test('nothing that an old Node reads first has a syntax or an import that it does not know', () => {
  const imports = (file: string): readonly string[] =>
    [...readFileSync(path.join(root, file), 'utf8').matchAll(/^import .*/gm)].map(([line]) => line)
  expect(imports('bin/start.cjs')).toEqual([])
  expect(imports('scripts/build.mjs')).toEqual(["import {readFileSync} from 'node:fs'"])
})

test('one version of Node is asked for, wherever it is written', () => {
  const said = ['bin/opsconsole', 'bin/start.cjs', 'scripts/node-env.sh', 'src/commands/doctor/runtime.ts', 'README.md']
  for (const file of said) {
    const versions = readFileSync(path.join(root, file), 'utf8').match(/\b24\.\d+/g)
    expect({file, versions: [...new Set(versions)]}).toEqual({file, versions: [wanted]})
  }
})

test.each([
  ['', '--max-semi-space-size=4 '],
  ['--config x.yaml', '--max-semi-space-size=4 '],
  ['backup run', ''],
  ['agent', '--max-semi-space-size=8 '],
])('what stays for days, opened by "%s", keeps its space for new objects small: %s', (args, small) => {
  const node = path.join(directory, 'says-arguments')
  writeFileSync(node, '#!/bin/sh\necho "$@"\n')
  chmodSync(node, 0o755)
  const {stdout} = launch(path.join(root, 'bin/opsconsole'), args.split(' ').filter(Boolean), {OPSCONSOLE_NODE: node})
  expect(stdout.slice(0, stdout.indexOf('/'))).toBe(small)
  expect(stdout).toContain('start.cjs')
})
