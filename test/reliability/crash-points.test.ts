import {mkdirSync} from 'node:fs'
import path from 'node:path'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {createProgram, type Program} from '../program/program.ts'
import {randomFrom} from '../program/random.ts'
import {type Fault, readTrace, recover, runsOf, runWithFault, settledView, truthOf} from './faulty-run.ts'
import {isFull, seedOr} from './sample.ts'

const SEED = seedOr(20261122)

const BOOKS = {
  forward: {effects: ['one', 'two'], outcome: 'done'},
  backward: {effects: ['one', 'two', 'undo two', 'undo one'], outcome: 'undone'},
} as const
type Book = keyof typeof BOOKS

const text = (name: Book): string => `import {runbook, step} from 'opsconsole'
export default runbook({name: '${name}', summary: 'Two appends', danger: 'disruptive', locks: () => ['${name}'],
  plan: ({run}) => [...['one', 'two'].map(id => step({id, title: 'Append ' + id,
      run: async ({$, save}) => { await $\`echo \${id} >> truth-\${run}\`; save(id, true) },
      undo: async ({$}) => { await $\`echo undo \${id} >> truth-\${run}\` }})),
    ...(${name === 'backward'} ? [step({id: 'three', title: 'Fail', run: async () => { throw new Error('no') }})] : [])]})`

let program: Program
const traces = new Map<string, number>()
beforeAll(async () => {
  program = createProgram()
  mkdirSync(path.join(program.dir, 'traces'))
  for (const runbook of Object.keys(BOOKS) as Book[]) program.runbook(runbook, text(runbook))
  for (const [runbook, role] of [
    ['forward', 'starter'],
    ['forward', 'runner'],
    ['backward', 'runner'],
  ] as const) {
    const trace = path.join(program.dir, 'traces', `${runbook}-${role}`)
    await runWithFault(program, {role, at: 0, mode: 'before', trace}, ['run', runbook, '--yes'])
    traces.set(`${runbook} ${role}`, readTrace(trace).length)
  }
}, 120_000)
afterAll(() => program.remove())

/** Every place, or a seeded handful of them. */
function places(count: number, sample: number, random: () => number, full: boolean): number[] {
  const all = Array.from({length: count}, (_, index) => index + 1)
  if (full) return all
  const slice = count / sample
  return Array.from({length: sample}, (_, index) => Math.min(count, 1 + Math.floor((index + random()) * slice)))
}

/** Hits one run with a fault, looks at it as a person does, takes it to its end, and holds it against the truth. */
async function hitAndRecover(runbook: Book, fault: Fault): Promise<string> {
  const known = new Set(runsOf(program))
  const {code, stderr} = await runWithFault(program, fault, ['run', runbook, '--yes'])
  const run = runsOf(program).find(each => !known.has(each))
  const where = `${runbook} ${fault.role} ${fault.mode}${fault.lasting ? ' lasting' : ''} at ${fault.at}, run ${run}, exit ${code}: ${stderr}`
  if (run === undefined) return 'no run'
  const {effects, outcome} = BOOKS[runbook]
  const listed = JSON.parse((await program.run('runs', 'list', '--json')).stdout) as {id: string; state: string}[]
  const row = listed.find(each => each.id === run)
  if (row === undefined) return 'no request'
  const seen = await settledView(program, run)
  const truth = truthOf(program, run)
  for (const {state, step} of seen.steps) {
    if (state === 'done') expect(truth, where).toContain(step.id)
    if (state === 'pending' || state === 'waiting') expect(truth, where).not.toContain(step.id)
    if (state === 'undone') expect(truth, where).toContain(`undo ${step.id}`)
  }
  const {last, resumes} = await recover(program, run)
  const end = truthOf(program, run)
  expect(new Set(end).size, where).toBe(end.length)
  if (last.outcome === 'undone' && fault.mode !== 'before' && fault.mode !== 'torn') {
    // A step that could not be carried out failed, and everything that had begun was taken back, newest first.
    const begun = last.steps.filter(step => step.state === 'undone').map(({step}) => `undo ${step.id}`)
    expect(
      end.filter(line => line.startsWith('undo')),
      where,
    ).toEqual(begun.toReversed())
    for (const line of end.filter(each => !each.startsWith('undo'))) expect(begun, where).toContain(`undo ${line}`)
  } else {
    expect(end, where).toEqual(effects)
    expect(last.outcome, where).toBe(outcome)
  }
  expect(resumes, where).toBeLessThanOrEqual(1)
  return resumes === 0 ? 'went on' : 'taken up'
}

async function trailVerifies(): Promise<void> {
  const verified = await program.run('audit', 'verify', '--json')
  expect(JSON.parse(verified.stdout)).toMatchObject({verdict: 'VERIFIED'})
}

const [EVERY_CRASH, EVERY_FAILURE] = [isFull('R2'), isFull('S3')]
const timeout = EVERY_CRASH || EVERY_FAILURE ? 7_200_000 : 300_000

describe(`a crash at ${EVERY_CRASH ? 'every' : 'a seeded sample of the'} operation boundaries of a run (seed ${SEED})`, () => {
  test.each([
    ['forward', 'runner', 4],
    ['backward', 'runner', 4],
    ['forward', 'starter', 2],
  ] as const)(
    '%s, the %s killed: each effect once, in order, nothing guessed',
    {timeout},
    async (runbook, role, sample) => {
      const random = randomFrom(SEED)
      const count = traces.get(`${runbook} ${role}`) ?? 0
      expect(count).toBeGreaterThan(15)
      for (const at of places(count, sample, random, EVERY_CRASH))
        await hitAndRecover(runbook, {role, at, mode: 'before'})
      await trailVerifies()
    },
  )

  test('killed in the middle of a write: what was written in part is put aside, nothing else is lost', {
    timeout,
  }, async () => {
    const random = randomFrom(SEED + 1)
    for (const at of places(traces.get('forward runner') ?? 0, 2, random, EVERY_CRASH))
      await hitAndRecover('forward', {role: 'runner', at, mode: 'torn'})
    await trailVerifies()
  })
})

describe(`a disk that fails at ${EVERY_FAILURE ? 'every' : 'a seeded sample of the'} operations of a run (seed ${SEED})`, () => {
  test.each([
    ['ENOSPC', true],
    ['ENOSPC', false],
    ['EIO', true],
    ['EIO', false],
    ['short', true],
    ['short', false],
  ] as const)(
    '%s, lasting %s: nothing happens without its record, and the run recovers without hand work',
    {timeout},
    async (mode, lasting) => {
      const random = randomFrom(SEED + mode.length + (lasting ? 1 : 0))
      for (const at of places(traces.get('forward runner') ?? 0, 2, random, EVERY_FAILURE))
        await hitAndRecover('forward', {role: 'runner', at, mode, lasting})
      await trailVerifies()
    },
  )
})
