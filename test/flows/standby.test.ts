import {existsSync, readdirSync, rmSync, utimesSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {afterAll, beforeAll, beforeEach, expect, test} from 'vitest'
import {processesTagged} from '../../src/processes/stop.ts'
import {runFiles} from '../../src/store/runs/directory.ts'
import {createProgram, eventsOf, type Program, type Started, until} from '../program/program.ts'

/** Planning waits for a file, so that a test decides how long the runner has to stand by. */
const BOOK = `import {runbook, step} from 'opsconsole'
export default runbook({name: 'slow', summary: 'A slow plan', danger: 'disruptive',
  facts: async ({$}) => { await $({reads: true})\`touch asked; while [ ! -e go ]; do sleep 0.02; done; test ! -e broken\` },
  plan: () => [step({id: 'one', title: 'One', run: async ({$}) => { await $\`echo one\` }})]})`

let program: Program
beforeAll(() => {
  program = createProgram()
  program.runbook('slow', BOOK)
})
beforeEach(() => {
  for (const name of ['asked', 'go', 'broken']) rmSync(path.join(program.dir, name), {force: true})
})
afterAll(() => program.remove())

const logs = (): readonly string[] =>
  readdirSync(path.join(program.stateDir, 'plans')).filter(name => name.endsWith('.log'))
const runners = (): readonly number[] =>
  processesTagged('OPSCONSOLE_STATE_DIR', program.stateDir)
    .filter(({command}) => command.includes(' runner '))
    .map(({pid}) => pid)

/** A run whose plan is being made; the runner that stands by for it has started. */
async function planning(...flags: readonly string[]): Promise<{readonly started: Started; readonly standby: number}> {
  const started = program.start('run', 'slow', '--json', ...flags)
  await until('the plan in the making', () => existsSync(path.join(program.dir, 'asked')))
  const [standby] = await until('a runner', () => runners().length > 0 && runners())
  expect(logs()).toHaveLength(1)
  return {started, standby: standby as number}
}

const nothingIsLeft = (): Promise<unknown> =>
  until('nothing to be left', () => runners().length === 0 && logs().length === 0)

test('a runner stands by while the plan is made, and is the one that carries it out', async () => {
  const {started, standby} = await planning('--yes')
  program.touch('go')
  const {code, stdout} = await started.ended
  expect(code).toBe(0)
  const [begun] = eventsOf(stdout)
  expect(begun).toMatchObject({type: 'run-started', process: {pid: standby}})
  expect(existsSync(runFiles(program.stateDir, String(begun?.['run'])).log)).toBe(true)
  await nothingIsLeft()
})

test.each([
  ['the plan fails', ['--yes'], 'broken', 1],
  ['nobody consented', [], 'go', 7],
] as const)('it leaves nothing behind when %s', async (_why, flags, file, code) => {
  const {started} = await planning(...flags)
  program.touch(file)
  program.touch('go')
  expect((await started.ended).code).toBe(code)
  await nothingIsLeft()
})

test('it leaves nothing behind when whoever makes the plan is killed', async () => {
  const {started} = await planning('--yes')
  started.kill('SIGKILL')
  await started.ended
  program.touch('go')
  await nothingIsLeft()
})

test('when it is killed while it stands by, another one carries the run out', async () => {
  const {started, standby} = await planning('--yes')
  process.kill(standby, 'SIGKILL')
  await until('its end', () => runners().length === 0)
  program.touch('go')
  const {code, stdout} = await started.ended
  expect(code).toBe(0)
  expect(eventsOf(stdout).at(-1)).toMatchObject({type: 'run-ended', outcome: 'done'})
  await nothingIsLeft()
})

test('where nothing may be changed, nothing is but the trail: no runner, no directory for its log', async () => {
  const fresh = createProgram()
  fresh.runbook('slow', BOOK)
  const {code, stderr} = await fresh.run('run', 'slow', '--yes', '--read-only')
  expect({code, stderr}).toEqual({code: 7, stderr: expect.stringContaining('usage/read-only')})
  expect(readdirSync(fresh.stateDir)).toEqual(['audit'])
  fresh.remove()
})

test('plans that nobody started are dropped after a day', async () => {
  program.touch('go')
  const old = path.join(program.stateDir, 'plans', '20260101-000000-abcd.json')
  writeFileSync(old, '{}')
  utimesSync(old, 1, 1)
  const {stdout} = await program.run('plan', 'slow', '--json')
  expect(existsSync(old)).toBe(false)
  const {run} = JSON.parse(stdout) as {run: string}
  expect(existsSync(path.join(program.stateDir, 'plans', `${run}.json`))).toBe(true)
})
