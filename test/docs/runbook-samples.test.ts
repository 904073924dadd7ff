import {spawnSync} from 'node:child_process'
import {mkdirSync, readFileSync, statSync, symlinkSync, utimesSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {createProgram, eventsOf, type Program} from '../program/program.ts'

const ROOT = path.resolve(import.meta.dirname, '../..')
const GUIDE = readFileSync(path.join(ROOT, 'docs/runbooks.md'), 'utf8')

/** The guide's TypeScript, by the name of the runbook that it declares, or whose test it is. */
const samples: ReadonlyMap<string, string> = new Map(
  [...GUIDE.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, text = '']) => [nameOf(text), text]),
)
function nameOf(text: string): string {
  const tested = /^import [a-z]+ from '\.\/([a-z-]+)\.ts'/m.exec(text)?.[1]
  return tested === undefined ? (/^ {2}name: '([a-z-]+)'/m.exec(text)?.[1] ?? '?') : `${tested}.test`
}
const NAMES = [...samples.keys()].filter(name => !name.endsWith('.test'))

let program: Program
beforeAll(() => {
  program = createProgram({
    config:
      'project: shop\nenvironments: [{name: dev}]\nservices: [{name: web, probe: {type: tcp, host: 127.0.0.1, port: 9}}]\n',
  })
  for (const [name, text] of samples) program.runbook(name, text)
  mkdirSync(path.join(program.dir, 'uploads'))
  for (const name of ['old one.jpg', '-rf', 'new.jpg']) writeFileSync(inside('uploads', name), '')
  for (const name of ['old one.jpg', '-rf']) utimesSync(inside('uploads', name), 0, 0)
})
afterAll(() => program.remove())

const inside = (...parts: readonly string[]): string => path.join(program.dir, ...parts)
const read = (name: string): string => readFileSync(inside(name), 'utf8')

test('every block of TypeScript in the guide is a whole runbook with a name of its own', () => {
  expect(samples.size).toBe(GUIDE.match(/^```ts$/gm)?.length)
  expect(NAMES).not.toContain('?')
  for (const name of NAMES) expect(samples.get(name)).toContain('export default runbook({')
})

// A link stands for the installed package, which test/flows/package.test.ts installs.
describe('outside of the program, with the package in the project', () => {
  beforeAll(() => {
    mkdirSync(inside('node_modules'))
    symlinkSync(ROOT, inside('node_modules/opsconsole'))
  })

  test('the samples have the right types', () => {
    const shown = /^```json\n([\s\S]*?)^```$/m.exec(GUIDE)?.[1] ?? ''
    const settings = JSON.parse(shown) as {compilerOptions: object}
    const types = {types: ['node'], typeRoots: [path.join(ROOT, 'node_modules/@types')]}
    writeFileSync(
      inside('tsconfig.json'),
      JSON.stringify({...settings, compilerOptions: {...settings.compilerOptions, ...types}}),
    )
    const tsc = spawnSync(path.join(ROOT, 'node_modules/.bin/tsc'), ['-p', program.dir], {encoding: 'utf8'})
    // zx's own types refer to packages that it does not install: a matter between zx and `skipLibCheck`.
    expect(tsc.stdout.split('\n').filter(line => line !== '' && !line.startsWith('node_modules/zx/'))).toEqual([])
  })

  test('the test of a runbook passes with `node --test`', () => {
    const {NODE_OPTIONS: _, ...env} = process.env
    const ran = spawnSync(process.execPath, ['--test', 'runbooks/maintenance.test.ts'], {
      cwd: program.dir,
      env: {...env, NODE_TEST_CONTEXT: undefined},
      encoding: 'utf8',
    })
    expect({status: ran.status, out: ran.status === 0 ? '' : ran.stdout + ran.stderr}).toEqual({status: 0, out: ''})
  })
})

test('runbook list shows every sample, and none has a problem', async () => {
  const {stdout} = await program.run('runbook', 'list', '--json')
  const rows = JSON.parse(stdout) as {name: string; problem?: string}[] | {runbooks: {name: string}[]}
  const list = Array.isArray(rows) ? rows : rows.runbooks
  expect(NAMES.filter(name => !list.some(row => row.name === name && !('problem' in row && row.problem)))).toEqual([])
})

test('the guide does as it says: runbook check finds nothing', async () => {
  const {code, stdout} = await program.run('runbook', 'check', '--strict', ...NAMES)
  expect({code, stdout}).toEqual({code: 0, stdout: expect.stringMatching(/0 errors, 0 warnings/)})
})

test('the first runbook in the README is that of the guide', () => {
  expect(readFileSync(path.join(ROOT, 'README.md'), 'utf8')).toContain(samples.get('hello'))
})

interface Case {
  readonly name: string
  readonly params?: readonly string[]
  readonly flags?: readonly string[]
  /** Something that must be said in the run. */
  readonly says?: string
  readonly code?: number
  /** It would reach hosts that are not there: planned and walked through dry only. `test/runbooks/` runs such ones. */
  readonly dryOnly?: boolean
}

const CASES: readonly Case[] = [
  {name: 'hello'},
  {name: 'note', params: ["text=it's `back`; $(on) the old version", 'times=2', 'level=warning']},
  {name: 'maintenance', params: ['page=on'], flags: ['--yes']},
  {name: 'clear-uploads', params: ['older=10'], flags: ['--yes', '--confirm', 'uploads']},
  {name: 'grow-pool', flags: ['--yes'], code: 7},
  {name: 'swap-cable', flags: ['--yes'], code: 7},
  {name: 'edit-banner', flags: ['--yes'], code: 7},
  {name: 'restart-workers', dryOnly: true},
  {name: 'wait-for-file'},
  {name: 'snapshot', says: 'The copy is settings-'},
  {name: 'charge', params: ['customer=ada', 'cents=995'], flags: ['--yes']},
  {name: 'rename', params: ['from=-rf', 'to=a "quoted" name']},
  {name: 'rotate-token', params: ['token=not-for-anybody'], flags: ['--yes']},
  {name: 'look-around', says: 'web is down'},
  {name: 'count-words', says: 'Somebody should read those 14 words.'},
]
const paramsOf = ({params = []}: Case): readonly string[] => params.flatMap(each => ['-p', each])

test('each sample has its case here', () => {
  expect(CASES.map(({name}) => name).sort()).toEqual([...NAMES].sort())
})

describe('planned, walked through dry, and run', () => {
  test.each(CASES)('$name', async each => {
    const params = paramsOf(each)
    const planned = await program.run('plan', each.name, ...params, '--json')
    expect(planned).toMatchObject({code: 0, stderr: ''})
    const dry = await program.run('run', each.name, ...params, '--dry-run')
    expect({code: dry.code, stderr: dry.stderr}).toEqual({code: 0, stderr: ''})
    if (each.dryOnly) return
    const ended = await program.run('run', each.name, ...params, ...(each.flags ?? []), '--json')
    expect({code: ended.code, name: each.name, out: ended.code === (each.code ?? 0) ? '' : ended.stdout}).toEqual({
      code: each.code ?? 0,
      name: each.name,
      out: '',
    })
    if (each.says !== undefined) expect(ended.stdout).toContain(each.says)
  })
})

describe('what they did', () => {
  test('dry runs wrote nothing: each line, page and charge is there once', () => {
    const line = "warning: it's `back`; $(on) the old version\n"
    expect(read('operations.log')).toBe(line + line)
    expect(read('maintenance.txt')).toBe('Back in a few minutes.\n')
    expect(read('ledger.txt').trimEnd().split('\n')).toHaveLength(1)
  })

  test('names like flags and names with quotes arrived as they are', () => {
    expect(statSync(inside('a "quoted" name')).isFile()).toBe(true)
    expect(() => statSync(inside('uploads', '-rf'))).toThrow('ENOENT')
    expect(() => statSync(inside('uploads', 'old one.jpg'))).toThrow('ENOENT')
    expect(statSync(inside('uploads', 'new.jpg')).isFile()).toBe(true)
  })

  test('the secret is in its file, private, and in nothing that opsconsole wrote', () => {
    expect(read('mailer.token')).toBe('not-for-anybody')
    expect(statSync(inside('mailer.token')).mode & 0o777).toBe(0o600)
    const found = spawnSync('grep', ['-rlF', 'not-for-anybody', program.stateDir], {encoding: 'utf8'})
    expect(found.stdout).toBe('')
  })

  test('a second look at the maintenance page finds nothing to do, and off takes it away', async () => {
    const again = await program.run('run', 'maintenance', '-p', 'page=on', '--yes', '--json')
    expect(again.code).toBe(0)
    expect(eventsOf(again.stdout).filter(event => event.type === 'command-started')).toEqual([])
    expect((await program.run('run', 'maintenance', '-p', 'page=off', '--yes')).code).toBe(0)
    expect(() => statSync(inside('maintenance.txt'))).toThrow('ENOENT')
  })
})
