import {afterAll, beforeAll, expect, test} from 'vitest'
import {createProgram, type Program} from '../program/program.ts'
import {randomFrom} from '../program/random.ts'
import {recover, runsOf, runWithFault, settledView, truthOf} from './faulty-run.ts'
import {countOf, isFull, seedOr} from './sample.ts'

const SEED = seedOr(20261122)
const SEEDS = countOf('R3')
const DEPTH = 5

const STEPS = ['one', 'two', 'three', 'four', 'five', 'six']
const BOOK = `import {runbook, step} from 'opsconsole'
export default runbook({name: 'six', summary: 'Six appends', danger: 'disruptive', locks: () => ['six'],
  plan: ({run}) => ${JSON.stringify(STEPS)}.map(id => step({id, title: 'Append ' + id,
    run: async ({$}) => { await $\`echo \${id} >> truth-\${run}\` }}))})`

let program: Program
beforeAll(() => {
  program = createProgram()
  program.runbook('six', BOOK)
})
afterAll(() => program.remove())

/** Takes the run up with the hook in front, so that this runner dies too. What was in flight is settled by the truth. */
async function resumeAndDie(run: string, at: number): Promise<boolean> {
  const view = await settledView(program, run)
  if (view.outcome !== undefined) return false
  const fault = {role: 'runner', at, mode: 'before'} as const
  const unknown = view.steps.find(step => step.state === 'unknown')?.step.id
  if (unknown === undefined) await runWithFault(program, fault, ['runs', 'resume', run])
  else {
    const choice = truthOf(program, run).includes(unknown) ? 'done' : 'rerun'
    await runWithFault(program, fault, ['runs', 'settle', run, choice, '--reason', 'looked at the target'])
  }
  return true
}

test(`a run killed, taken up and killed again, up to ${DEPTH} times, ${SEEDS} seeds from ${SEED}: each step took effect once`, {
  timeout: isFull('R3') ? 7_200_000 : 300_000,
}, async () => {
  let deepest = 0
  for (let seed = SEED; seed < SEED + SEEDS; seed += 1) {
    const random = randomFrom(seed)
    // A whole run has about 140 operations: each life ends somewhere within the next steps.
    const next = (): number => 12 + Math.floor(random() * 50)
    const known = new Set(runsOf(program))
    await runWithFault(program, {role: 'runner', at: next(), mode: 'before'}, ['run', 'six', '--yes'])
    const run = runsOf(program).find(each => !known.has(each)) as string
    let depth = 0
    while (depth < DEPTH && (await resumeAndDie(run, next()))) depth += 1
    deepest = Math.max(deepest, depth)
    const {last} = await recover(program, run)
    expect({seed, truth: truthOf(program, run), outcome: last.outcome}).toEqual({seed, truth: STEPS, outcome: 'done'})
  }
  expect(deepest).toBeGreaterThanOrEqual(3)
  expect(JSON.parse((await program.run('audit', 'verify', '--json')).stdout)).toMatchObject({verdict: 'VERIFIED'})
})
