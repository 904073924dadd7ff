import {existsSync, readFileSync, rmSync} from 'node:fs'
import path from 'node:path'
import {afterEach, beforeEach, describe, expect, test} from 'vitest'
import {type Guard, runbook, step, testRunbook, z} from '../../src/api.ts'
import {readEvents, readRunState} from '../../src/store/runs/journal.ts'
import {createProgram, eventsOf, type Program, until} from '../program/program.ts'

let program: Program
beforeEach(() => {
  program = createProgram()
  program.runbook('guarded', GUARDED)
})
afterEach(() => program.remove())

/** Holds while there is no file `broken`. */
const GUARDED = `import {runbook, step, z} from 'opsconsole'
export default runbook({name: 'guarded', summary: 'Guarded', danger: 'disruptive', params: z.object({way: z.string(), failures: z.number().default(1)}),
  guards: ({params}) => [{id: 'whole', title: 'nothing is broken', every: '100ms', failures: params.failures,
    condition: async ({$}) => { const {exitCode} = await $\`test ! -e broken\`.nothrow(); return {ok: exitCode === 0, reason: 'it is broken'} }}],
  plan: ({params}) => [
    step({id: 'one', title: 'One', run: async ({$}) => { await $\`echo one >> truth\` }, undo: async ({$}) => { await $\`echo undo one >> truth\` }}),
    step({id: 'two', title: 'Two', ...(params.way === 'ask' ? {confirm: 'Go on?'} : params.way === 'hand' ? {manual: 'Look at it'} : {}),
      run: async ({$}) => { await $\`echo two >> truth; while [ ! -e go ]; do sleep 0.02; done\` }, undo: async ({$}) => { await $\`echo undo two >> truth\` }})]})`

const truth = (): string[] => readFileSync(path.join(program.dir, 'truth'), 'utf8').trim().split('\n')
const journal = (run: string): string => path.join(program.stateDir, 'runs', run, 'journal')

/** As a console starts it: what is asked on the way is asked of people. */
async function begin(way: string, failures = 1): Promise<string> {
  const params = ['-p', `way=${way}`, '-p', `failures=${failures}`]
  const {stdout, stderr} = await program.run('run', 'guarded', ...params, '--console', '--detach', '--json')
  if (stdout === '') throw new Error(stderr)
  return (JSON.parse(stdout) as {run: string}).run
}

describe('a guard that does not hold any more stops the run, and what was done is undone', () => {
  test.each([
    ['ask', ['one', 'undo one']],
    ['hand', ['one', 'undo one']],
    ['go', ['one', 'two', 'undo two', 'undo one']],
  ])('%s: while it asks, waits for a person, or runs a command', async (way, effects) => {
    const run = await begin(way)
    await until('step two', () => {
      const state = readRunState(journal(run), run)
      return way === 'go'
        ? existsSync(path.join(program.dir, 'truth')) && truth().includes('two')
        : state.prompt?.step === 'two'
    })
    program.touch('broken')
    const {code, stdout} = await program.run('runs', 'attach', run, '--json')
    expect(code).toBe(3)
    expect(truth()).toEqual(effects)
    expect(readRunState(journal(run), run)).toMatchObject({
      outcome: 'undone',
      endReason: expect.stringMatching(/the guard "nothing is broken" does not hold: it is broken/),
    })
    expect(eventsOf(stdout).filter(event => event.type === 'guard')).toMatchObject([
      {guard: 'whole', state: 'broken', reason: 'it is broken'},
    ])
    const trail = JSON.parse((await program.run('audit', 'list', '--run', run, '--json')).stdout) as {
      action: string
      outcome?: string
    }[]
    expect(trail.find(entry => entry.action === 'guard')).toMatchObject({
      target: 'nothing is broken',
      outcome: 'run stopped',
    })
    expect(JSON.parse((await program.run('audit', 'verify', '--json')).stdout)).toMatchObject({verdict: 'VERIFIED'})
  })
})

test('one that holds again in time is told and stops nothing', async () => {
  const run = await begin('go', 1000)
  program.touch('broken')
  const told = (state: string): boolean =>
    readEvents(journal(run)).events.some(event => event.type === 'guard' && event.state === state)
  await until('the failure', () => told('failing'))
  rmSync(path.join(program.dir, 'broken'))
  await until('the recovery', () => told('holds'))
  program.touch('go')
  expect((await program.run('runs', 'attach', run)).code).toBe(0)
})

test('the plan shows it, and a plan with another guard is another plan', async () => {
  const plan = async (failures: number): Promise<{hash: string; guards: unknown}> =>
    JSON.parse(
      (await program.run('plan', 'guarded', '-p', 'way=go', '-p', `failures=${failures}`, '--json')).stdout,
    ) as {
      hash: string
      guards: unknown
    }
  const [one, two] = [await plan(1), await plan(2)]
  expect(one.guards).toEqual([{id: 'whole', title: 'nothing is broken', everyMs: 100, timeoutMs: 5000, failures: 1}])
  expect(one.hash).not.toBe(two.hash)
  expect((await program.run('plan', 'guarded', '-p', 'way=go')).stdout).toContain(
    'nothing is broken (every 100ms; stops the run when it fails once)',
  )
})

const sample = (guard: Partial<Guard>) =>
  runbook({
    name: 'small',
    summary: 'Small',
    danger: 'disruptive',
    params: z.object({}),
    guards: () => [{id: 'g', title: 'it holds', condition: async () => true, ...guard}],
    plan: () => [
      step({id: 'one', title: 'One', run: async () => {}}),
      step({
        id: 'two',
        title: 'Two',
        run: async ({signal}) =>
          void (await new Promise((resolve, reject) => {
            setTimeout(resolve, 300)
            signal.addEventListener('abort', () => reject(signal.reason as Error))
          })),
      }),
    ],
  })

test.each([
  [
    'one that throws',
    {condition: async (): Promise<boolean> => Promise.reject(new Error('no such host')), failures: 1},
    'no such host',
  ],
  [
    'one that says no',
    {condition: async (): Promise<boolean> => false, failures: 2, every: '10ms'},
    'it does not hold (2 checks in a row)',
  ],
  [
    'one that never answers',
    {condition: (): Promise<boolean> => new Promise(() => {}), failures: 1, timeout: '20ms'},
    'could not be checked within 20 ms',
  ],
  [
    'one that stands after a step',
    {condition: async (): Promise<boolean> => false, failures: 1, every: '10ms', after: 'one'},
    'it does not hold',
  ],
])('%s stops the run', async (_what, guard, words) => {
  const run = await testRunbook(sample(guard), {answers: {}})
  if (run.outcome === 'done')
    expect(words).toContain('could not be checked') // its grace may outlast the steps
  else expect(run).toMatchObject({outcome: 'failed', reason: expect.stringContaining(words) as string})
})

test('one that stands after a step that never came looks at nothing', async () => {
  const run = await testRunbook(
    sample({condition: async (): Promise<boolean> => false, failures: 1, every: '10ms', after: 'two'}),
    {
      answers: {},
    },
  )
  expect(run.outcome).toBe('done')
})

test.each([
  ['an odd time', {every: 'often'}, 'its every "often" is not a duration'],
  ['no looks', {failures: 0}, 'failures should be a whole number from 1 on'],
  ['an unknown step', {after: 'three'}, 'no step has that id'],
  ['no id', {id: ''}, 'needs an id of its own'],
])('%s is refused', async (_what, guard, words) => {
  await expect(testRunbook(sample(guard), {answers: {}})).rejects.toThrow(words)
})
