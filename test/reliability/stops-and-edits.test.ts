import {afterAll, beforeAll, expect, test} from 'vitest'
import {isAlive, processStat} from '../../src/processes/identity.ts'
import {createProgram, type Program, type Started, until} from '../program/program.ts'
import {randomFrom} from '../program/random.ts'
import {runsOf, settledView, show, truthOf} from './faulty-run.ts'
import {countOf, isFull, seedOr} from './sample.ts'
import {EDITS, editJournal, eventsIn, expectedOf} from './stops-and-edits.ts'

const SEED = seedOr(20261124)
const ROUNDS = countOf('R8')
const STEPS = ['one', 'two', 'three', 'four', 'five']

/** Each step leaves its line, and a little later its command ends. */
const BOOK = `import {runbook, step} from 'opsconsole'
export default runbook({name: 'five', summary: 'Five appends', danger: 'disruptive', locks: () => ['five'],
  plan: ({run}) => ${JSON.stringify(STEPS)}.map(id => step({id, title: 'Append ' + id,
    run: async ({$}) => { await $\`echo \${id} >> truth-\${run}; sleep 0.15\` }}))})`

let program: Program
beforeAll(() => {
  program = createProgram()
  program.runbook('five', BOOK)
})
afterAll(() => program.remove())

/** A run with the command that a person typed in front of it. */
interface Going {
  readonly run: string
  readonly launcher: Started
  readonly runner: number
}

/** Starts one and waits until some step has begun, then a moment more. */
async function begin(random: () => number): Promise<Going> {
  const known = new Set(runsOf(program))
  const launcher = program.start('run', 'five', '--yes')
  const run = await until('the run', () => runsOf(program).find(each => !known.has(each)))
  const step = STEPS[Math.floor(random() * (STEPS.length - 1)) + 1] as string
  await until(`step ${step}`, () =>
    eventsSoFar(run).some(event => event.type === 'step-started' && event.step === step),
  )
  await new Promise(resolve => setTimeout(resolve, random() * 150))
  const started = eventsIn(program, run)[0]
  return {run, launcher, runner: started?.type === 'run-started' ? started.process.pid : 0}
}

function eventsSoFar(run: string): ReturnType<typeof eventsIn> {
  try {
    return eventsIn(program, run)
  } catch {
    return []
  }
}

/** The process group of the command that runs now; undefined between two commands. */
function commandOf(run: string): number | undefined {
  const events = eventsIn(program, run)
  const last = events.findLast(event => event.type === 'command-process')
  if (last?.type !== 'command-process' || !isAlive(last.process)) return undefined
  return last.process.pid
}

const stop = async (pid: number): Promise<void> => {
  process.kill(pid, 'SIGSTOP')
  await until('it to stand still', () => processStat(pid)?.state === 'T')
}

/** Refused and named wherever a person would ask; nothing is changed by asking. */
async function expectNamed(run: string): Promise<void> {
  const before = truthOf(program, run)
  const [shown, resumed, verified] = await Promise.all([
    program.run('runs', 'show', run),
    program.run('runs', 'resume', run),
    program.run('audit', 'verify'),
  ])
  const named = new RegExp(`the journal of run ${run} is not what the audit trail says\\n(?:! )?record \\d+ `)
  expect({run, code: shown.code, said: shown.stderr}).toEqual({run, code: 10, said: expect.stringMatching(named)})
  expect(resumed.code).not.toBe(0)
  expect({run, code: verified.code, said: verified.stdout}).toEqual({
    run,
    code: 1,
    said: expect.stringContaining(`journal of run ${run}: record `),
  })
  expect(truthOf(program, run)).toEqual(before)
}

/** An ended run is not resumed anyway; of a lost one, the journal is why. */
async function expectRefused(run: string): Promise<void> {
  for (const command of [
    ['resume', run],
    ['settle', run, 'done', '--reason', 'looked'],
  ]) {
    const refused = await program.run('runs', ...command)
    expect({code: refused.code, said: refused.stderr}).toEqual({
      code: 10,
      said: expect.stringContaining('--accept-journal REASON'),
    })
  }
}

/** Shown as the table of crash windows says, then taken to its end by somebody who looks at the target. */
async function takenToItsEnd(run: string): Promise<void> {
  const {states, inFlight} = expectedOf(program, run)
  const shown = await show(program, run)
  expect({run, states: shown.steps.map(({state}) => state)}).toEqual({run, states})
  if (inFlight && states.includes('unknown')) expect(shown.inFlight[0]).toMatch(inFlight)
  const view = await settledView(program, run)
  const unknown = view.steps.find(({state}) => state === 'unknown')?.step.id
  if (unknown === undefined) await program.run('runs', 'resume', run)
  else {
    const choice = truthOf(program, run).includes(unknown) ? 'done' : 'rerun'
    const settled = await program.run('runs', 'settle', run, choice, '--reason', 'looked at the file')
    expect({run, code: settled.code, stderr: settled.stderr}).toEqual({run, code: 0, stderr: ''})
  }
  expect((await program.run('runs', 'attach', run)).code).toBe(0)
  expect(truthOf(program, run)).toEqual(STEPS)
}

type Round = (run: Going, edit: (typeof EDITS)[string], random: () => number) => Promise<void>

const ROUNDS_OF: Readonly<Record<string, Round>> = {
  'the runner is killed, its journal edited and put back': async ({run, runner}, edit, random) => {
    process.kill(runner, 'SIGKILL')
    await settledView(program, run)
    const putBack = editJournal(program, run, edit, random)
    await expectNamed(run)
    await expectRefused(run)
    putBack()
    await takenToItsEnd(run)
  },
  'the runner is stopped, its journal edited, and it goes on': async ({run, runner}, edit, random) => {
    await stop(runner)
    const running = await show(program, run)
    expect({lost: running.lost, outcome: running.outcome}).toEqual({lost: false, outcome: undefined})
    expect((await program.run('runs', 'resume', run)).code).toBe(6)
    const putBack = editJournal(program, run, edit, random)
    process.kill(runner, 'SIGCONT')
    await until('its end', () => !processStat(runner), 60_000)
    expect(truthOf(program, run)).toEqual(STEPS)
    await expectNamed(run)
    putBack()
  },
  'the command is killed, and the journal of the failed run edited': async ({run, launcher}, edit, random) => {
    const command = await until('a command', () => commandOf(run) ?? (processStat(launcher.pid) ? false : -1))
    if (command > 0) process.kill(-command, 'SIGKILL')
    const {code} = await launcher.ended
    const done = STEPS.filter(step =>
      eventsIn(program, run).some(
        event => event.type === 'step-finished' && event.step === step && event.outcome === 'done',
      ),
    )
    expect(code === 0).toBe(done.length === STEPS.length)
    expect(truthOf(program, run)).toEqual(expect.arrayContaining(done))
    const putBack = editJournal(program, run, edit, random)
    await expectNamed(run)
    putBack()
  },
  'the command is stopped and the runner killed': async ({run, runner}, edit, random) => {
    const command = await until('a command', () => commandOf(run) ?? (processStat(runner) ? false : -1))
    if (command > 0) process.kill(-command, 'SIGSTOP')
    process.kill(runner, 'SIGKILL')
    await until('the runner to be gone', () => !processStat(runner))
    if (command > 0 && commandOf(run) !== undefined) {
      const {states, inFlight} = expectedOf(program, run)
      const shown = await show(program, run)
      expect(shown.steps.map(({state}) => state)).toEqual(states)
      expect(shown.inFlight[0]).toMatch(inFlight as RegExp)
      expect((await program.run('runs', 'settle', run, 'done', '--reason', 'x')).stderr).toContain('still running')
    }
    if (command > 0) process.kill(-command, 'SIGCONT')
    await settledView(program, run)
    const putBack = editJournal(program, run, edit, random)
    await expectNamed(run)
    putBack()
    await takenToItsEnd(run)
  },
  'the launcher is killed': async ({run, launcher}, edit, random) => {
    launcher.kill('SIGKILL')
    expect((await program.run('runs', 'attach', run)).code).toBe(0)
    expect(truthOf(program, run)).toEqual(STEPS)
    const putBack = editJournal(program, run, edit, random)
    await expectNamed(run)
    putBack()
  },
  'the launcher is stopped, and goes on when all is over': async ({run, launcher}, edit, random) => {
    await stop(launcher.pid)
    expect((await program.run('runs', 'attach', run)).code).toBe(0)
    const putBack = editJournal(program, run, edit, random)
    await expectNamed(run)
    putBack()
    launcher.kill('SIGCONT')
    const ended = await launcher.ended
    expect({code: ended.code, last: ended.stdout.trim().split('\n').at(-1)}).toEqual({
      code: 0,
      last: expect.stringMatching(/^done in /),
    })
    expect(truthOf(program, run)).toEqual(STEPS)
  },
}

test(`${ROUNDS} rounds of SIGKILL and SIGSTOP on launcher, runner and commands, with an edited journal in each (seed ${SEED})`, {
  timeout: isFull('R8') ? 1_800_000 : 240_000,
}, async () => {
  const ways = Object.entries(ROUNDS_OF)
  const edits = Object.entries(EDITS)
  for (let round = 0; round < ROUNDS; round += 1) {
    const random = randomFrom(SEED + round)
    const [way, act] = ways[(SEED + round) % ways.length] as (typeof ways)[number]
    const [, edit] = edits[(SEED + round) % edits.length] as (typeof edits)[number]
    const begun = await begin(random)
    try {
      await act(begun, edit, random)
    } catch (error) {
      for (const pid of [begun.launcher.pid, begun.runner]) if (processStat(pid)) process.kill(pid, 'SIGKILL')
      throw new Error(`round ${round}, ${way}, run ${begun.run}`, {cause: error})
    }
    await begun.launcher.ended
  }
  // All was put back, so nothing is named now: no false alarm.
  expect(JSON.parse((await program.run('audit', 'verify', '--json')).stdout)).toMatchObject({verdict: 'VERIFIED'})
})
