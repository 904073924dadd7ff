import {spawn} from 'node:child_process'
import {appendFileSync, existsSync, readdirSync, rmSync, utimesSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {afterAll, beforeAll, beforeEach, expect, test} from 'vitest'
import type {Plan} from '../../src/runbooks/plan.ts'
import {openConsoleStarter} from '../../src/runs/console-start.ts'
import {createRedactor} from '../../src/text/redact.ts'
import {processesTagged} from '../../src/processes/stop.ts'
import {runFiles} from '../../src/store/runs/directory.ts'
import {readEvents, readRunState} from '../../src/store/runs/journal.ts'
import {CLI, createProgram, eventsOf, type Program, type Started, until} from '../program/program.ts'

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

/** What a console starts runs with. */
const consoleContext = () => ({
  options: {entry: CLI, cwd: program.dir, env: program.env},
  config: () => ({file: path.join(program.dir, 'opsconsole.yaml')}) as never,
  stateDir: program.stateDir,
  redactor: createRedactor(),
})
const ORDER = {reason: 'a test', typed: undefined, dryRun: false, params: '{}'}

/** A console in which the start of a plan is asked for: a process stands by for it, with its runner. */
async function asking() {
  program.touch('go')
  const plan = JSON.parse((await program.run('plan', 'slow', '--json')).stdout) as Plan
  const starter = openConsoleStarter(consoleContext())
  starter.standBy(plan)
  const [runner] = await until('a runner', () => runners().length > 0 && runners())
  return {plan, starter, runner: runner as number, journal: runFiles(program.stateDir, plan.run).journal}
}
const actions = async (): Promise<readonly string[]> => {
  const {stdout} = await program.run('audit', 'list', '--json')
  return (JSON.parse(stdout) as {action: string}[]).map(({action}) => action)
}
const beginning = (journal: string) => readEvents(journal).events.find(event => event.type === 'run-started')
const outcome = (journal: string, run: string) => () => readRunState(journal, run).outcome

test('who stands by for the start of a plan records nothing before the order, then starts exactly it', async () => {
  const before = await actions()
  const {plan, starter, runner, journal} = await asking()
  expect(existsSync(journal)).toBe(false)
  expect(await actions()).toEqual(before)
  expect(await starter.start(plan, ORDER)).toBe(plan.run)
  await expect.poll(outcome(journal, plan.run), {timeout: 60_000}).toBe('done')
  expect(beginning(journal)).toMatchObject({reason: 'a test', process: {pid: runner}})
  await nothingIsLeft()
})

test('a dialog that is left has started nothing and leaves nothing', async () => {
  const before = await actions()
  const {starter, journal} = await asking()
  starter.standBy(undefined)
  await nothingIsLeft()
  expect(existsSync(journal)).toBe(false)
  expect(await actions()).toEqual(before)
})

test('a plan is started once, also when somebody else starts it meanwhile', async () => {
  const {plan, starter} = await asking()
  expect((await program.run('run', '--plan', plan.run, '--detach', '--console', '--json')).code).toBe(0)
  await expect(starter.start(plan, ORDER)).rejects.toThrow(/was started before/)
  await nothingIsLeft()
})

test.each([
  ['configuration', () => appendFileSync(path.join(program.dir, 'opsconsole.yaml'), '\n# edited\n'), true],
  ['text of the runbook', () => program.runbook('slow', BOOK.replace('echo one', 'touch changed')), false],
] as const)('one that got ready for another %s is not used', async (_what, edit, isDone) => {
  const {plan, starter, runner, journal} = await asking()
  edit()
  await starter.start(plan, ORDER)
  const ended = await until('its end', outcome(journal, plan.run), 60_000)
  expect(ended === 'done').toBe(isDone)
  expect(beginning(journal)?.process.pid).not.toBe(runner)
  expect(existsSync(path.join(program.dir, 'changed'))).toBe(false)
  program.runbook('slow', BOOK)
  await nothingIsLeft()
})

test('when it was killed meanwhile, the start is the usual one', async () => {
  const {plan, starter, runner, journal} = await asking()
  process.kill(runner, 'SIGKILL')
  await until('its end', () => runners().length === 0)
  await starter.start(plan, ORDER)
  await expect.poll(outcome(journal, plan.run), {timeout: 60_000}).toBe('done')
  await nothingIsLeft()
})

test('when who stood by is killed as the order is given, the start is the usual one, once', async () => {
  const {plan, starter, journal} = await asking()
  const ready = processesTagged('OPSCONSOLE_STATE_DIR', program.stateDir).filter(({command}) =>
    command.includes('--stand-by'),
  )
  expect(ready).toHaveLength(1)
  for (const {pid} of ready) process.kill(pid, 'SIGKILL')
  // Nobody has heard of its end yet.
  expect(await starter.start(plan, ORDER)).toBe(plan.run)
  await expect.poll(outcome(journal, plan.run), {timeout: 60_000}).toBe('done')
  await nothingIsLeft()
})

test('a console that is killed leaves nobody who stands by, and no log of it', async () => {
  program.touch('go')
  const plan = JSON.parse((await program.run('plan', 'slow', '--json')).stdout) as Plan
  // As a console does: it stands by for the plan of its question, and never gives the order.
  const script = `const {openConsoleStarter} = await import(${JSON.stringify(path.resolve('src/runs/console-start.ts'))})
    const {createRedactor} = await import(${JSON.stringify(path.resolve('src/text/redact.ts'))})
    const context = ${JSON.stringify({...consoleContext(), config: undefined, redactor: undefined})}
    openConsoleStarter({...context, config: () => (${JSON.stringify(consoleContext().config())}), redactor: createRedactor()})
      .standBy(${JSON.stringify(plan)})
    setInterval(() => {}, 1000)`
  const killed = spawn(process.execPath, ['--input-type=module', '-e', script], {stdio: 'ignore', env: program.env})
  const ended = new Promise(resolve => killed.once('exit', resolve))
  await until('a runner', () => runners().length > 0, 60_000)
  killed.kill('SIGKILL')
  await ended
  await until(
    'nobody to stand by',
    () =>
      processesTagged('OPSCONSOLE_STATE_DIR', program.stateDir).length === 0 &&
      runners().length === 0 &&
      logs().length === 0,
    60_000,
  )
  expect(existsSync(runFiles(program.stateDir, plan.run).journal)).toBe(false)
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
