import {existsSync, readdirSync, readFileSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, test} from 'vitest'
import {labStatus} from '../../src/lab/status.ts'
import {auditFile} from '../../src/store/verify-trail.ts'
import {runFiles} from '../../src/store/runs/directory.ts'
import {expectSoundTrail, FLIPS} from '../program/lab-program.ts'
import {createProgram, type Ended, eventsOf, type Program} from '../program/program.ts'
import {openTerminal} from '../program/terminal.ts'
import {startLab} from '../servers/lab.ts'

const CONFIG = `project: shop
environments: [{name: dev}]
services:
  - {name: nobody, probe: {type: http, url: 'http://127.0.0.1:1/'}, interval: 2s}
`
const TOUCH = `import {runbook, step, z} from 'opsconsole'
export default runbook({name: 'touch', summary: 'Touches a file', danger: 'disruptive', params: z.object({file: z.string()}),
  plan: ({params}) => [step({id: 'a', title: 'Touch it', run: async ({$}) => { await $\`touch \${params.file}; echo touched\` }})]})`

let program: Program
beforeAll(() => {
  program = createProgram({config: CONFIG})
  program.runbook('touch', TOUCH)
})
afterAll(() => program.remove())

const touch = (file: string): Promise<Ended> => program.run('run', 'touch', '--yes', '-p', `file=${file}`, '--json')
const touched = (file: string): boolean => existsSync(path.join(program.dir, file))
const runOf = (ended: Ended): string => String(eventsOf(ended.stdout)[0]?.['run'])

function flip(file: string, at: number): () => void {
  const whole = readFileSync(file)
  const flipped = Buffer.from(whole)
  flipped[at] = (flipped[at] as number) ^ 1
  writeFileSync(file, flipped)
  return () => writeFileSync(file, whole)
}

describe('what is not known is named, with exit code 2', () => {
  test.each([
    ['runbook', ['run', 'nonsense', '--yes'], 'nonsense'],
    ['parameter', ['run', 'touch', '--yes', '-p', 'nonsense=1', '-p', 'file=x'], 'nonsense'],
    ['missing parameter', ['run', 'touch', '--yes'], 'file'],
    ['environment', ['run', 'touch', '--yes', '--env', 'nonsense', '-p', 'file=x'], 'nonsense'],
    ['command', ['nonsense'], 'nonsense'],
    ['flag', ['status', '--nonsense'], 'nonsense'],
    ['run', ['runs', 'attach', '20200101-000000-aaaa'], '20200101-000000-aaaa'],
    ['configuration file', ['status', '--config', 'nonsense.yaml'], 'nonsense.yaml'],
  ])('%s', async (_title, args, named) => {
    const ended = await program.run(...args)
    expect(ended).toMatchObject({code: 2, stdout: '', stderr: expect.stringContaining(named) as string})
    expect(ended.stderr).not.toMatch(/\n\s+at /)
  })

  test.each([
    ['an unknown key', 'project: shop\nenvironmnts: [{name: dev}]\n', 'environmnts'],
    ['an unknown key deep inside', CONFIG.replace('interval:', 'intervall:'), 'services/0'],
    ['a URL that is none', CONFIG.replace('http://', 'htp://'), 'services/0/probe/url'],
    ['no YAML', 'project: [', 'opsconsole'],
    ['nothing', '', 'is empty'],
  ])('%s in the configuration', async (_title, text, named) => {
    const file = path.join(program.dir, 'other.yaml')
    writeFileSync(file, text)
    for (const command of [['status'], ['run', 'touch', '--yes', '-p', 'file=never'], ['plan', 'touch']]) {
      const ended = await program.run(...command, '--config', file)
      expect(ended).toMatchObject({code: 2, stderr: expect.stringContaining(named) as string})
      expect(ended.stderr).not.toMatch(/\n\s+at /)
    }
    expect(touched('never')).toBe(false)
  })
})

test('an address where nobody listens is down, with the reason; that is no failure of the program', async () => {
  const {code, stdout} = await program.run('services', '--json')
  expect({code, said: stdout}).toMatchObject({
    code: 0,
    said: expect.stringMatching(/"state":"down".*refused/) as string,
  })
})

test.each([
  ['a file in its place', '/etc/hostname'],
  ['where nothing can be created', '/proc/nowhere'],
])('a state directory that cannot be written (%s): nothing runs, exit 2', async (_title, stateDir) => {
  const other = createProgram({config: CONFIG, env: {OPSCONSOLE_STATE_DIR: stateDir}})
  other.runbook('touch', TOUCH)
  const ended = await other.run('run', 'touch', '--yes', '-p', 'file=never')
  const reading = await other.run('status')
  const console = openTerminal(other)
  const left = await console.ended
  expect(ended).toMatchObject({code: 2, stderr: expect.stringContaining(stateDir) as string})
  expect(reading).toMatchObject({code: 2, stderr: expect.stringContaining(stateDir) as string})
  expect({left, alternate: console.alternate()}).toEqual({left: {code: 2, signal: 0}, alternate: false})
  expect(console.normalScreen()).toContain(stateDir)
  expect(existsSync(path.join(other.dir, 'never'))).toBe(false)
  other.remove()
})

test('a second "lab up" in the same directory is refused with 2, and the first goes on', async () => {
  const lab = await startLab({rps: 10})
  try {
    const second = await program.run('lab', 'up', '--dir', lab.dir)
    expect(second).toMatchObject({code: 2, stderr: expect.stringMatching(/lab is up in/) as string})
    const {parts} = await labStatus(lab.dir)
    expect(parts.filter(part => part.state === 'down' || part.state === 'hung')).toEqual([])
    expect((await fetch(`${lab.urls.web}/products?page=1`)).status).toBe(200)
  } finally {
    await lab.stop()
  }
}, 180_000)

test('a damaged store is put aside with a notice; runs and trail are all there', async () => {
  const run = runOf(await touch('one'))
  const store = path.join(program.stateDir, 'store.db')
  writeFileSync(store, Buffer.alloc(20_000, 'junk'))
  const {code, stdout} = await program.run('status')
  expect({code, stdout}).toMatchObject({code: 0, stdout: expect.stringMatching(/damaged/) as string})
  expect(readdirSync(program.stateDir).filter(name => name.startsWith('store.db.damaged-'))).toHaveLength(1)
  expect((await program.run('runs', 'list')).stdout).toContain(run)
  expect(await program.run('audit', 'verify')).toMatchObject({code: 0})
  expect((await touch('two')).code).toBe(0)
}, 60_000)

describe('a damaged journal of an old run', () => {
  let damaged: string
  let other: string
  let fix: () => void
  beforeEach(async () => {
    damaged = runOf(await touch('old'))
    other = runOf(await touch('other'))
    const file = runFiles(program.stateDir, damaged).journal
    fix = flip(file, Math.floor(readFileSync(file).length / 2))
  })
  afterEach(() => fix())

  test('is named where it is asked for, with record and byte; everything else works', async () => {
    for (const verb of ['show', 'attach'])
      expect(await program.run('runs', verb, damaged)).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/record \d+ at byte \d+/) as string,
      })
    const list = await program.run('runs', 'list')
    expect({code: list.code, other: list.stdout.includes(other)}).toEqual({code: 0, other: true})
    expect(list.stdout).toMatch(new RegExp(`${damaged} +touch \\(damaged\\) +dev +unknown .*record \\d+ at byte`))
    expect((await program.run('runs', 'show', other)).code).toBe(0)
    expect((await program.run('status')).code).toBe(0)
    expect((await touch('new')).code).toBe(0)
    const console = openTerminal(program)
    await console.see('Services')
    console.press('6')
    await console.see(/touch \(damaged\) .*unknown .*journal: record \d/)
    await console.see(/touch .*✓ done/)
    console.press('q')
    expect(await console.ended).toMatchObject({code: 0})
  }, 60_000)
})

describe('the trail', () => {
  test('with a torn tail is INCOMPLETE; the next record goes on after the last whole one, and the rest is kept', async () => {
    const file = auditFile(program.stateDir)
    const whole = readFileSync(file)
    const lastRecord = whole.subarray(whole.lastIndexOf(0x0a, whole.length - 2) + 1)
    writeFileSync(file, Buffer.concat([whole, lastRecord.subarray(0, 100)]))
    const torn = await program.run('audit', 'verify')
    expect(torn).toMatchObject({code: 1, stdout: expect.stringContaining('INCOMPLETE') as string})
    expect((await touch('after-torn')).code).toBe(0)
    const verified = await program.run('audit', 'verify')
    expect(verified).toMatchObject({code: 0, stdout: expect.stringContaining('VERIFIED') as string})
    expect(readFileSync(`${file}.torn-${whole.length}`)).toEqual(lastRecord.subarray(0, 100))
    expect(readFileSync(file).subarray(0, whole.length)).toEqual(whole)
  }, 60_000)

  test('damaged: nothing new begins, the record is named, reading goes on', async () => {
    const file = auditFile(program.stateDir)
    const fix = flip(file, Math.floor(readFileSync(file).length / 2))
    const ended = await touch('never')
    const runs = await program.run('runs', 'list')
    const status = await program.run('status')
    const verified = await program.run('audit', 'verify')
    fix()
    expect(ended).toMatchObject({code: 7, stderr: expect.stringMatching(/broken at record \d+/) as string})
    expect(touched('never')).toBe(false)
    expect({runs: runs.code, status: status.code}).toEqual({runs: 0, status: 0})
    expect(verified).toMatchObject({code: 1, stdout: expect.stringContaining('TAMPERED') as string})
    expect((await touch('again')).code).toBe(0)
  }, 60_000)
})

test(`the trail of all this verifies, and a flipped byte is found and named (${FLIPS})`, () =>
  expectSoundTrail(program))
