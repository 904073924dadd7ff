import {expect, test} from 'vitest'
import {autoSchema} from '../alerts/auto/config.ts'
import {keptAuto} from '../alerts/auto/record.ts'
import {memoryAlertStore} from '../alerts/memory-alert-store.ts'
import type {Alert} from '../alerts/state.ts'
import type {AlertEvent} from '../alerts/timeline.ts'
import type {AuditEntry} from '../audit/record.ts'
import type {Config} from '../config/schema.ts'
import {OpsError} from '../errors.ts'
import type {Actor} from '../identity/actor.ts'
import {forgetfulRecords} from '../kinds/records.ts'
import {createRedactor} from '../text/redact.ts'
import {openAutoStarter} from './auto-starter.ts'
import type {callProgram} from './call-program.ts'
import type {RunStore} from './ports.ts'

const START = Date.parse('2026-11-27T00:00:00Z')
const policy = autoSchema.parse({
  name: 'heals',
  rules: ['down'],
  environments: ['shop'],
  runbook: {name: 'restart', params: {release: '{name}'}},
  confirm: ['shop'],
})
const down: Alert = {
  id: 'down:service/shop/web',
  rule: 'down',
  severity: 'critical',
  target: 'service/shop/web',
  environment: 'shop',
  name: 'web',
  state: 'firing',
  summary: 'refused',
  since: START,
  episode: START,
  firedAt: START,
  resolvedAt: undefined,
  fired: [],
  deliveries: [],
  acknowledged: undefined,
}
const agentActor: Actor = {name: 'ada', evidence: 'kernel', uid: 1, loginUid: 1, from: 'host', host: 'h'}

/** One state directory with an alert that fires, and agents on it that plan and run as told. Runs end at once. */
function world() {
  const records = forgetfulRecords()
  const alertStore = memoryAlertStore()
  alertStore.save([down], [])
  const runs = new Map<string, readonly string[]>()
  const trail: {readonly entry: AuditEntry; readonly who: Actor | undefined}[] = []
  const events: AlertEvent[] = []
  const clock = {at: START, plans: 0}
  const fresh = {is: true}
  const program =
    (dies: () => boolean, fails?: () => string | undefined) => async (_context: unknown, args: readonly string[]) => {
      const lives = async (): Promise<void> => {
        await Promise.resolve()
        if (dies()) await new Promise(() => {})
      }
      await lives()
      const why = fails?.()
      if (why !== undefined) throw new OpsError('change/frozen', why)
      if (args[0] === 'plan') {
        clock.plans += 1
        const run = `plan-${clock.plans}`
        await lives()
        return {run}
      }
      const plan = args[args.indexOf('--plan') + 1] ?? ''
      if (runs.has(plan)) throw new OpsError('run/held', 'it was started before')
      runs.set(plan, args)
      await lives()
      return {run: plan}
    }
  const process = {pid: 1, startTicks: 0, bootId: ''}
  const begun = {v: 1, seq: 0, at: 0, type: 'run-started', plan: {steps: []}, actor: {name: 'agent'}, process}
  const journal = [begun, {v: 1, seq: 1, at: 0, type: 'run-ended', outcome: 'undone', exitCode: 1, reason: ''}]
  const store = {
    run: (id: string) => ({
      id,
      exists: () => runs.has(id),
      request: () => ({}),
      events: (from = 0) => ({events: from === 0 ? journal.map(event => ({...event, run: id})) : [], end: 1}),
      requestedAt: () => 0,
    }),
  } as unknown as RunStore
  const agent = (call: ReturnType<typeof program>) =>
    openAutoStarter(
      {
        clock: {now: () => clock.at, monotonic: () => clock.at},
        config: () =>
          ({
            file: 'x.yaml',
            alerts: {auto: [policy]},
            environments: [{name: 'shop', protected: true}],
          }) as unknown as Config,
        options: {entry: 'none', cwd: '/', env: {}},
        redactor: createRedactor(),
        stateDir: '/none',
        secret: async () => '',
        runs: () => store,
        records,
        tell: () => undefined,
        actor: () => agentActor,
        audit: () => ({append: (entry, who) => void trail.push({entry, who}) as never}),
      },
      {alertStore, timelines: {add: event => void events.push(event)}, fresh: () => () => fresh.is},
      call as unknown as typeof callProgram,
    )
  return {agent, program, clock, fresh, runs, trail, events, records, alertStore}
}

const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 30; turn += 1) await Promise.resolve()
}
const {signal} = new AbortController()

test('a run is started with what the policy confirms, in the trail as its doing and in the timeline; that it failed is told', async () => {
  const {agent, program, clock, runs, trail, events, records} = world()
  const one = agent(program(() => false))
  one.tend(signal)
  await one.idle()
  expect(runs.get('plan-1')?.join(' ')).toBe(
    'run --plan plan-1 --env shop --params - --detach --reason policy heals, run 1 of 1: down:service/shop/web fires --confirm shop',
  )
  clock.at += 1000
  one.tend(signal)
  expect(events.map(({kind, text}) => `${kind} ${text}`)).toEqual([
    'auto heals: started restart, run plan-1, 1 of 1',
    'auto heals: run plan-1 ended undone',
    expect.stringMatching(/^auto heals: gave up: 1 run is used and it still fires: run plan-1 ended undone /),
  ])
  expect(trail.map(({entry, who}) => [who?.name, entry.action, entry.outcome])).toEqual([
    ['policy heals', 'auto run', 'allowed'],
    ['policy heals', 'auto run', 'started'],
    ['policy heals', 'auto run', 'ended'],
    ['policy heals', 'auto run', 'gave up'],
  ])
  expect(keptAuto(records).refusals).toMatchObject([{reason: 'attempts', gaveUp: true}])
})

test('what the gate refuses is said once, tried again, and begins when it is allowed', async () => {
  const {agent, program, clock, runs, events} = world()
  const gate = {refuses: 'change freeze christmas holds' as string | undefined}
  const one = agent(
    program(
      () => false,
      () => gate.refuses,
    ),
  )
  for (let second = 0; second < 200; second += 10) {
    clock.at = START + second * 1000
    one.tend(signal)
    await one.idle()
  }
  expect([runs.size, events.map(({text}) => text)]).toEqual([
    0,
    ['heals: restart is not started: change freeze christmas holds'],
  ])
  gate.refuses = undefined
  clock.at += 60_000
  one.tend(signal)
  await one.idle()
  expect(runs.size).toBe(1)
})

test('an alert of before this agent watched starts nothing until its target was probed', async () => {
  const {agent, program, fresh, runs} = world()
  const one = agent(program(() => false))
  fresh.is = false
  one.tend(signal)
  await one.idle()
  expect(runs.size).toBe(0)
  fresh.is = true
  one.tend(signal)
  await one.idle()
  expect(runs.size).toBe(1)
})

test('agents that die at any step, one after the other or two at a time: each time of an alert is answered once', async () => {
  let seed = 11
  const random = (): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31
    return seed / 2 ** 31
  }
  for (let round = 0; round < 60; round += 1) {
    const {agent, program, clock, runs, records, events} = world()
    let [one, two] = [agent(program(() => random() < 0.2)), agent(program(() => random() < 0.2))]
    for (let minute = 0; minute <= 8; minute += 1) {
      clock.at = START + minute * 60_500
      one.tend(signal)
      if (random() < 0.5) two.tend(signal)
      await settle()
      // A new one in the place of one that may be dead.
      if (random() < 0.5) one = agent(program(() => minute < 5 && random() < 0.2))
      if (random() < 0.5) two = agent(program(() => minute < 5 && random() < 0.2))
    }
    clock.at = START + 595_000
    agent(program(() => false)).tend(signal)
    await settle()
    expect(runs.size).toBe(1)
    expect(keptAuto(records).attempts).toHaveLength(1)
    agent(program(() => false)).tend(signal)
    expect(events.filter(({text}) => text.includes('started restart'))).toHaveLength(1)
  }
})
