import path from 'node:path'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {readEvents} from '../../src/store/runs/journal.ts'
import {createProgram, type Program, until} from '../program/program.ts'
import {randomFrom} from '../program/random.ts'
import {countOf, seedOr} from '../reliability/sample.ts'
import {startLoad} from '../servers/load.ts'
import {type SlotsLab, startSlots} from '../servers/slots.ts'

const KILLS = countOf('Z3')
const SEED = seedOr(20261127)
const SHAPES = ['deploy', 'canary', 'rolling'] as const
type Shape = (typeof SHAPES)[number]
/** Longest moment of a kill, counted from the first record: a run takes about so long on a quiet machine. */
const SPAN_MS: Readonly<Record<Shape, number>> = {deploy: 3_500, canary: 6_000, rolling: 4_500}

let lab: SlotsLab
let program: Program
beforeAll(async () => {
  lab = await startSlots({
    canary: {stages: [50, 100], stageTime: '1s', toleratedShare: 0.2},
    maxSlowdown: 1000,
    drainTimeout: '2s',
  })
  const {environment: _, ...entry} = lab.entry as {environment: string}
  const config = {project: 'shop', environments: [{name: 'test'}], releases: [{...entry, environment: 'test'}]}
  program = createProgram({config: JSON.stringify(config)})
}, 60_000)
afterAll(async () => {
  program.remove()
  await lab.stop()
}, 30_000)

interface Shown {
  readonly outcome?: string
  readonly lost: boolean
  readonly steps: readonly {readonly state: string; readonly step: {readonly id: string}}[]
}
const shown = async (run: string): Promise<Shown> =>
  JSON.parse((await program.run('runs', 'show', run, '--json')).stdout) as Shown

/** What clients get now: every answer must be good. */
async function served(): Promise<ReadonlySet<string>> {
  const answers = await Promise.all(Array.from({length: 24}, () => fetch(`${lab.url}/fast`)))
  expect(answers.map(({status}) => status)).toEqual(answers.map(() => 200))
  return new Set(answers.map(answer => answer.headers.get('x-version') ?? 'none'))
}

const settledView = (run: string): Promise<Shown> =>
  until(
    'the runner to be gone',
    async () => {
      const view = await shown(run)
      return (view.lost || view.outcome !== undefined) && view
    },
    120_000,
  )

async function startAndKill(shape: Shape, version: string, afterMs: number): Promise<string> {
  const watch = shape === 'canary' ? [] : ['-p', 'watch=1s']
  const {stdout, stderr} = await program.run(
    'run',
    shape,
    '--yes',
    '--detach',
    '--json',
    '-p',
    `version=${version}`,
    ...watch,
  )
  if (stdout === '') throw new Error(stderr)
  const {run} = JSON.parse(stdout) as {run: string}
  const [first] = readEvents(path.join(program.stateDir, 'runs', run, 'journal')).events
  await new Promise(resolve => setTimeout(resolve, afterMs))
  if (first?.type === 'run-started' && (await shown(run)).outcome === undefined)
    try {
      process.kill(first.process.pid, 'SIGKILL')
    } catch {
      // It had just ended.
    }
  return run
}

/** A person takes it up, to its end or back; what is unknown is done again or undone. */
async function takeUp(run: string, back: boolean): Promise<Shown> {
  for (let life = 0; ; life += 1) {
    const view = await settledView(run)
    if (view.outcome !== undefined) return view
    expect(life, JSON.stringify(view.steps)).toBeLessThan(6)
    const unknown = view.steps.some(({state}) => state === 'unknown')
    const ended = await (unknown
      ? program.run('runs', 'settle', run, back ? 'abort' : 'rerun', '--reason', 'looked at the load balancer')
      : program.run('runs', back ? 'abort' : 'resume', run))
    // A command of the step in flight goes on when its runner dies: then it is waited for.
    expect(ended.stderr).not.toMatch(/cannot be|not known/)
    await program.run('runs', 'attach', run)
  }
}

test(`Z3: the runner killed at ${KILLS} random points of deploy, canary and rolling (seed ${SEED}): a healthy version serves, and what is taken up ends`, async () => {
  const random = randomFrom(SEED)
  const load = startLoad(lab.url, {rps: 60, slowShare: 0.02, slowMs: 300})
  const told: Record<string, number> = {}
  for (let round = 1; round <= KILLS; round += 1) {
    const shape = SHAPES[round % SHAPES.length] as Shape
    const [before = ''] = await served()
    const version = `7.${round}.0`
    const run = await startAndKill(shape, version, random() * SPAN_MS[shape])
    const now = await served()
    const what = `round ${round}, ${shape}, run ${run}`
    for (const each of now) expect([before, version], what).toContain(each)
    if (shape === 'deploy') expect(now.size, what).toBe(1)
    const view = await takeUp(run, random() < 0.5)
    expect(['done', 'undone', 'aborted', 'unproven', 'failed'], `${what} ${JSON.stringify(view)}`).toContain(
      view.outcome,
    )
    const after = await served()
    const own = view.outcome === 'done' ? version : before
    if (view.outcome === 'unproven') expect([before, version], what).toContain([...after][0])
    else expect([...after], `${what}: ${view.outcome}`).toEqual([own])
    expect(after.size, what).toBe(1)
    const [row] = JSON.parse((await program.run('releases', '--json')).stdout) as {reason: string}[]
    expect(row?.reason, what).not.toContain('moved outside')
    told[`${shape} ${view.outcome}`] = (told[`${shape} ${view.outcome}`] ?? 0) + 1
  }
  const {sent, failed, why} = await load.stop()
  process.stdout.write(
    `Z3: ${KILLS} kills: ${JSON.stringify(told)}; ${sent} requests, ${failed} failed ${JSON.stringify(why)}\n`,
  )
  expect({failed, why}).toEqual({failed: 0, why: {}})
}, 7_200_000)
