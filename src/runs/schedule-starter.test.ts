import {expect, test} from 'vitest'
import type {Config} from '../config/schema.ts'
import {OpsError} from '../errors.ts'
import {forgetfulRecords} from '../kinds/records.ts'
import {scheduleSchema} from '../schedules/config.ts'
import type {ScheduleRecord} from '../schedules/record.ts'
import {createRedactor} from '../text/redact.ts'
import type {callProgram} from './call-program.ts'
import type {RunStore} from './ports.ts'
import {openScheduleStarter} from './schedule-starter.ts'
import type {StartNews} from './start-due.ts'

const START = Date.parse('2026-11-20T00:00:00Z')
const HOUR = 3_600_000
const secret = {env: 'TOKEN'}
const schedule = {
  ...scheduleSchema.parse({
    name: 'hourly',
    runbook: 'tidy',
    params: {count: 3, token: secret},
    every: '1h',
    yes: true,
    confirm: ['shop'],
  }),
  environment: 'shop',
}

/** One state directory, and agents on it that plan and run as told. Runs end at once, and well. */
function world() {
  const records = forgetfulRecords()
  const runs = new Map<string, readonly string[]>()
  const news: StartNews[] = []
  const inputs: string[] = []
  const clock = {at: START, plans: 0}
  const program =
    (dies: (step: 'plan' | 'planned' | 'run' | 'begun') => boolean, fails?: () => string | undefined) =>
    async (_context: unknown, args: readonly string[], {input = ''}: {readonly input?: string} = {}) => {
      const lives = async (step: Parameters<typeof dies>[0]): Promise<void> => {
        await Promise.resolve()
        if (dies(step)) await new Promise(() => {})
      }
      inputs.push(`${args[0]} ${input}`)
      await lives(args[0] === 'plan' ? 'plan' : 'run')
      const why = fails?.()
      if (why !== undefined) throw new OpsError('process/failed', why)
      if (args[0] === 'plan') {
        clock.plans += 1
        const run = `plan-${clock.plans}`
        await lives('planned')
        return {run}
      }
      const plan = args[args.indexOf('--plan') + 1] ?? ''
      if (runs.has(plan)) throw new OpsError('run/held', 'it was started before')
      runs.set(plan, args)
      await lives('begun')
      return {run: plan}
    }
  const process = {pid: 1, startTicks: 0, bootId: ''}
  const begun = {v: 1, seq: 0, at: 0, type: 'run-started', plan: {steps: []}, actor: {name: 'agent'}, process}
  const events = [begun, {v: 1, seq: 1, at: 0, type: 'run-ended', outcome: 'done', exitCode: 0, reason: ''}]
  const store = {
    run: (id: string) => ({
      id,
      exists: () => runs.has(id),
      request: () => ({}),
      events: (from = 0) => ({events: from === 0 ? events.map(event => ({...event, run: id})) : [], end: 1}),
      requestedAt: () => 0,
    }),
  } as unknown as RunStore
  const agent = (call: ReturnType<typeof program>) =>
    openScheduleStarter(
      {
        clock: {now: () => clock.at, monotonic: () => clock.at},
        config: () => ({file: 'none.yaml', schedules: [schedule]}) as unknown as Config,
        options: {entry: 'none', cwd: '/', env: {}},
        redactor: createRedactor(),
        stateDir: '/none',
        secret: async () => 'hush-hush',
        runs: () => store,
        records,
        tell: each => void news.push(each),
      },
      call as unknown as typeof callProgram,
    )
  const record = () => records.read('schedule/shop/hourly') as ScheduleRecord | undefined
  return {agent, program, clock, runs, news, inputs, record}
}

const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 30; turn += 1) await Promise.resolve()
}
const signal = new AbortController().signal

test('what is due is planned, then started with what the schedule confirms; secrets are on no command line', async () => {
  const {agent, program, clock, runs, news, inputs, record} = world()
  const one = agent(program(() => false))
  one.tend(signal)
  clock.at += HOUR + 1000
  one.tend(signal)
  await one.idle()
  const args = runs.get('plan-1')?.join(' ')
  expect(args).toBe(
    'run --plan plan-1 --env shop --params - --detach --reason schedule hourly, due 2026-11-20T01:00:00Z --yes --confirm shop',
  )
  expect(inputs).toEqual(['plan {"count":"3","token":"hush-hush"}', 'run {"token":"hush-hush"}'])
  expect(news.map(({message}) => message)).toEqual(['run plan-1 of tidy: schedule hourly'])
  one.tend(signal)
  expect(record()?.last).toMatchObject({run: 'plan-1', ended: {outcome: 'done'}})
})

test('what is refused is tried again until its time to start is over, then it is missed and told', async () => {
  const {agent, program, clock, runs, news, record} = world()
  const one = agent(
    program(
      () => false,
      () => 'Change freeze until Monday',
    ),
  )
  one.tend(signal)
  for (let second = 0; second < 900; second += 30) {
    clock.at = START + HOUR + second * 1000
    one.tend(signal)
    await one.idle()
  }
  expect(runs.size).toBe(0)
  expect(record()?.missed).toMatchObject({count: 1, reason: 'Change freeze until Monday'})
  expect(news.map(({event}) => event)).toEqual(['run not begun', 'schedule missed'])
})

test('agents that die at any step, one after the other or two at a time: each time is run once', async () => {
  let seed = 7
  const random = (): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31
    return seed / 2 ** 31
  }
  for (let round = 0; round < 60; round += 1) {
    const {agent, program, clock, runs, record} = world()
    let [one, two] = [agent(program(() => random() < 0.2)), agent(program(() => random() < 0.2))]
    one.tend(signal)
    for (let hour = 1; hour <= 4; hour += 1) {
      for (let minute = 0; minute <= 8; minute += 1) {
        clock.at = START + hour * HOUR + minute * 60_500
        one.tend(signal)
        if (random() < 0.5) two.tend(signal)
        await settle()
        // A new one in the place of one that may be dead.
        if (random() < 0.5) one = agent(program(() => minute < 5 && random() < 0.2))
        if (random() < 0.5) two = agent(program(() => minute < 5 && random() < 0.2))
      }
      const last = agent(program(() => false))
      clock.at = START + hour * HOUR + 595_000
      last.tend(signal)
      await settle()
    }
    const dues = [...runs.values()].map(args => args[args.indexOf('--reason') + 1])
    expect(dues).toEqual([1, 2, 3, 4].map(hour => `schedule hourly, due 2026-11-20T0${hour}:00:00Z`))
    expect(record()?.missed).toBeUndefined()
  }
})
