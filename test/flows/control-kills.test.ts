import {afterAll, beforeAll, expect, test} from 'vitest'
import {listRunIds, runFiles} from '../../src/store/runs/directory.ts'
import {readEvents} from '../../src/store/runs/journal.ts'
import {createProgram, type Program, type Started, until} from '../program/program.ts'
import {randomFrom} from '../program/random.ts'
import {countOf, seedOr} from '../reliability/sample.ts'
import {type ControlsLab, startControlsLab} from '../servers/controls-lab.ts'

const KILLS = countOf('Z3 controls')
const SEED = seedOr(20261127)
/** Who is killed: the run that puts it on, the run that takes it off, the agent that begins that one. */
const VICTIMS = ['put on', 'take off', 'agent'] as const
/** Longest life after the first record of the run that is killed, or after the control was put on. */
const SPAN_MS: Readonly<Record<(typeof VICTIMS)[number], number>> = {'put on': 500, 'take off': 500, agent: 5_000}
const PUT_ON = ['run', 'traffic-control', '-p', 'control=maintenance', '-p', 'for=3s', '--yes', '--detach'] as const

let lab: ControlsLab
let program: Program
let agent: Started

beforeAll(async () => {
  lab = await startControlsLab()
  const config = {project: 'shop', environments: [{name: 'test'}], releases: [{...lab.entry, interval: '1s'}]}
  program = createProgram({config: JSON.stringify(config)})
  agent = await startAgent()
}, 240_000)
afterAll(async () => {
  agent?.kill('SIGTERM')
  await agent?.ended
  program?.remove()
  await lab?.stop()
}, 120_000)

async function startAgent(): Promise<Started> {
  const started = program.start('agent', '--listen', '127.0.0.1:0')
  await until(
    'an agent that watches',
    async () => (await json<{monitor: {state: string}}>('status')).monitor.state === 'elsewhere',
    120_000,
  )
  return started
}

const json = async <T>(...args: readonly string[]): Promise<T> =>
  JSON.parse((await program.run(...args, '--json')).stdout) as T

const runsOf = async (runbook: string): Promise<readonly {readonly id: string; readonly state: string}[]> =>
  (await json<{id: string; runbook: string; state: string}[]>('runs', 'list')).filter(run => run.runbook === runbook)

/** What users get. */
const answer = async (): Promise<number> =>
  (await fetch(`http://127.0.0.1:${lab.haproxy.port}/`, {headers: {connection: 'close'}})).status

/** Whether it is noted as on, by the record itself: what lists show is as old as the last probe. */
async function noted(): Promise<boolean> {
  const {code, stdout, stderr} = await program.run('plan', 'end-traffic-control', '-p', 'control=maintenance')
  if (code !== 0) expect(stdout + stderr).toContain('maintenance is not on')
  return code === 0
}

const eventsOf = (run: string) => readEvents(runFiles(program.stateDir, run).journal).events
const endedOf = (run: string): boolean => eventsOf(run).some(({type}) => type === 'run-ended')

/** When its time is over, as it noted before it put anything on. */
const untilOf = (run: string): number | undefined =>
  eventsOf(run).flatMap(event => (event.type === 'saved' && event.key === 'until' ? [Number(event.value)] : []))[0]

function killRunner(run: string): void {
  const [first] = eventsOf(run)
  if (first?.type !== 'run-started' || endedOf(run)) return
  try {
    process.kill(first.process.pid, 'SIGKILL')
  } catch {
    // It had just ended.
  }
}

const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))

/** The run that the agent begins next; undefined when there is nothing to take off. */
const nextRun = (known: ReadonlySet<string>): Promise<string> =>
  until(
    'the run that takes it off',
    () =>
      listRunIds(program.stateDir).find(run => {
        if (known.has(run)) return false
        const [first] = eventsOf(run)
        return first?.type === 'run-started' && first.plan.runbook === 'end-traffic-control'
      }),
    180_000,
  )

test(`Z3: put-on, take-off and agent killed at ${KILLS} random points (seed ${SEED}): a control is off in the end, and never forgotten while it is on`, async () => {
  const random = randomFrom(SEED)
  const told: Record<string, number> = {}
  for (let round = 0; round < KILLS; round += 1) {
    const victim = VICTIMS[round % VICTIMS.length] as (typeof VICTIMS)[number]
    const what = `round ${round + 1}, ${victim}`
    const {run} = await json<{run: string}>(...PUT_ON)
    const known = new Set(listRunIds(program.stateDir))
    const afterMs = random() * SPAN_MS[victim]
    if (victim === 'put on') {
      await pause(afterMs)
      killRunner(run)
      // With its runner dead nobody but the agent moves anything: what is on is noted, or it would stay on.
      const [got, on] = [await answer(), await noted()]
      if (got === 503 && !on) expect(await answer(), `${what}: on, and not noted`).toBe(200)
    } else if (victim === 'take off') {
      const end = await nextRun(known)
      await pause(afterMs)
      killRunner(end)
    } else {
      await pause(afterMs)
      agent.kill('SIGKILL')
      await agent.ended
      agent = await startAgent()
    }
    const seen = async (): Promise<unknown> => ({status: await answer(), noted: await noted()})
    await expect.poll(seen, {timeout: 240_000, interval: 250}).toEqual({status: 200, noted: false})
    await expect
      .poll(async () => (await runsOf('end-traffic-control')).filter(({state}) => state === 'running'), {
        timeout: 120_000,
      })
      .toEqual([])
    if (!endedOf(run)) {
      // A run that is taken up after its time was over puts nothing on again. One that was killed before that puts it on now.
      const isOver = (untilOf(run) ?? Number.POSITIVE_INFINITY) < Date.now()
      const resumed = await program.run('runs', 'resume', run)
      expect(resumed.code, `${what}: ${resumed.stderr}`).toBe(0)
      if (isOver) expect(await answer(), `${what}: taken up again`).toBe(200)
      else await expect.poll(seen, {timeout: 240_000, interval: 250}).toEqual({status: 200, noted: false})
      told[isOver ? 'taken up' : 'taken up in time'] = (told[isOver ? 'taken up' : 'taken up in time'] ?? 0) + 1
    }
    for (const {id: end, state} of await runsOf('end-traffic-control'))
      if (state === 'lost') {
        // Killed before its first step, it finds nothing to take off: another one was begun in its place.
        const {code, stdout, stderr} = await program.run('runs', 'resume', end)
        if (code !== 0) expect(stdout + stderr, what).toContain('maintenance is not on')
      }
    told[victim] = (told[victim] ?? 0) + 1
  }
  for (const run of listRunIds(program.stateDir)) {
    const records = await json<{action: string; outcome?: string}[]>('audit', 'list', '--run', run)
    expect(records, run).toContainEqual(expect.objectContaining({action: 'run ended'}))
  }
  expect((await program.run('audit', 'verify')).stdout).toContain('VERIFIED')
  process.stdout.write(`Z3 controls: ${KILLS} kills: ${JSON.stringify(told)}, all off and none forgotten\n`)
}, 7_200_000)
