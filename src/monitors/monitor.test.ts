import {mkdtempSync, rmSync} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import {afterEach, describe, expect, test} from 'vitest'
import {fakeTime} from '../../test/fake-time.ts'
import type {AlertTarget} from '../alerts/alert-target.ts'
import {alertsSchema} from '../alerts/config.ts'
import {openRules} from '../alerts/rules/evaluate.ts'
import {monitorLease} from '../store/lease.ts'
import {openStore} from '../store/open.ts'
import type {Store} from '../store/open.ts'
import {sampleHistory} from '../store/samples.ts'
import {createMonitor} from './monitor.ts'
import type {ProbeResult, Target} from './sample.ts'
import {slowestFirstResult} from './scheduler.ts'
import {watchView} from './view.ts'

const up: ProbeResult = {status: 'up', reason: 'ok', latencyMs: 1, checks: [], values: {}}
const dirs: string[] = []
const stores: Store[] = []
afterEach(() => {
  for (const store of stores.splice(0)) store.close()
  for (const dir of dirs.splice(0)) rmSync(dir, {recursive: true, force: true})
})

/** Two consoles on one state directory and one clock; `probes` counts what each of them asked the target. */
function setUp(probe: Target['probe'] = async () => up, start = 1_800_000_000_000, timeoutMs = 1000) {
  const time = fakeTime(start)
  const dir = mkdtempSync(path.join(os.tmpdir(), 'ops-monitor-'))
  dirs.push(dir)
  const open = (role: string) => {
    const store = openStore(dir)
    stores.push(store)
    const evaluated: AlertTarget[] = []
    const seen = {probes: 0, closed: 0, letGo: 0}
    const redated: number[] = []
    const history = sampleHistory(store.database)
    const target: Target = {
      id: 'service/e/web',
      kind: 'service',
      environment: 'e',
      name: 'web',
      intervalMs: 5000,
      timeoutMs,
      probe: signal => {
        seen.probes += 1
        return probe(signal)
      },
      close: async () => void (seen.closed += 1),
    }
    const monitor = createMonitor({
      targets: [target],
      history,
      clock: time,
      timers: time,
      random: () => 0.5,
      lease: monitorLease(store.database, role),
      alerts: {
        evaluate: targets => void evaluated.push(...targets),
        redate: byMs => void redated.push(byMs),
        letGo: () => void (seen.letGo += 1),
        counts: () => [],
        stop: async () => undefined,
      },
    })
    const stateNow = () =>
      watchView(history, time.now())({kind: 'service', environment: 'e', name: 'web', intervalMs: 5000}).row.state
    return {monitor, seen, evaluated, redated, stateNow, store, dir}
  }
  return {time, open}
}

describe('many consoles on one state directory', () => {
  test('probe once: the first watches, the second sees what it stores', async () => {
    const {time, open} = setUp()
    const [first, second] = [open('console'), open('console')]
    first.monitor.start()
    second.monitor.start()
    await time.advance(20_500)
    expect(first.seen.probes).toBe(5)
    expect(second.seen.probes).toBe(0)
    expect(second.stateNow()).toBe('up')
    expect(first.monitor.status()).toMatchObject({state: 'here', trouble: undefined})
    expect(second.monitor.status()).toMatchObject({
      state: 'elsewhere',
      holder: expect.stringContaining(`pid ${process.pid}`),
    })
    expect(await first.monitor.stop()).toEqual([])
    expect(first.seen.closed).toBe(1)
    await time.advance(10_000)
    expect(second.monitor.status().state).toBe('here')
    expect(second.seen.probes).toBeGreaterThan(0)
    await second.monitor.stop()
  })

  test('a console that asks for a refresh makes the one that watches probe now', async () => {
    const {time, open} = setUp()
    const [first, second] = [open('agent'), open('console')]
    first.monitor.start()
    second.monitor.start()
    await time.advance(6000)
    const before = first.seen.probes
    second.monitor.refresh()
    await time.advance(2500)
    expect(first.seen.probes).toBeGreaterThan(before)
    await first.monitor.stop()
    await second.monitor.stop()
  })

  test('a holder that slept too long notices before it writes, and only reads from then on', async () => {
    const {time, open} = setUp()
    const [first, second] = [open('console'), open('console')]
    first.monitor.start()
    await time.advance(5000)
    // Its heartbeat grows old without its timers running: the machine slept, or it was stopped.
    first.store.database.exec('UPDATE lease SET heartbeat = heartbeat - 60000')
    second.monitor.start()
    await time.advance(100)
    expect(second.monitor.status().state).toBe('here')
    await time.advance(5000)
    expect(first.monitor.status().state).toBe('elsewhere')
    await first.monitor.stop()
    expect(second.monitor.status().state).toBe('here')
    await second.monitor.stop()
  })
})

test('what a holder probed before it noticed that another took over is not written', async () => {
  const {time, open} = setUp()
  const first = open('agent')
  first.monitor.start()
  await time.advance(14_000)
  const other = openStore(first.dir)
  stores.push(other)
  other.database.exec('UPDATE lease SET heartbeat = heartbeat - 60000')
  expect(monitorLease(other.database, 'console').acquire(time.now()).held).toBe(true)
  const samples = (): unknown => other.database.prepare('SELECT count(*) AS n, max(at) AS newest FROM watched').get()
  const before = [samples(), first.seen.probes]
  // Its next probe ends before its next tick of the lease.
  await time.advance(1_900)
  expect([samples(), first.seen.probes]).toEqual([before[0], 4])
  expect(before[1]).toBe(3)
  await time.advance(2_000)
  expect(first.monitor.status()).toMatchObject({state: 'elsewhere', trouble: undefined})
  expect([samples(), first.seen.letGo]).toEqual([before[0], 1])
  await first.monitor.stop()
  expect(samples()).toEqual(before[0])
})

test('what is well is judged at its probes, and once more when the hour turns', async () => {
  const {time, open} = setUp(undefined, 1_800_003_600_000 - 14_000)
  const {monitor, evaluated, seen} = open('console')
  monitor.start()
  await time.advance(13_500)
  expect([seen.probes, evaluated.length]).toEqual([3, 3])
  // The hour turns after 14 s, the next sweep is then, the next probe after 15.
  await time.advance(1_000)
  expect([seen.probes, evaluated.length]).toEqual([3, 4])
  await monitor.stop()
})

test('a target whose probes stop is no data after two intervals, and its last state is in the reason', async () => {
  let answer = true
  const {time, open} = setUp(() => (answer ? Promise.resolve(up) : new Promise(() => undefined)))
  const {monitor, stateNow, evaluated} = open('console')
  monitor.start()
  await time.advance(10_000)
  expect(stateNow()).toBe('up')
  answer = false
  await time.advance(8000)
  expect(stateNow()).toBe('down')
  await time.advance(12_000)
  expect(stateNow()).toBe('no data')
  expect(evaluated.at(-1)).toMatchObject({state: 'no data', name: 'web'})
  const stopping = monitor.stop()
  await time.advance(3000)
  await stopping
})

test('who takes over on a busy machine while a target hangs is not without data of it: a first result may take three deadlines', async () => {
  let answers = true
  const probe: Target['probe'] = signal =>
    answers
      ? Promise.resolve(up)
      : new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)))
  const {time, open} = setUp(probe, undefined, 4000)
  const before = open('agent')
  before.monitor.start()
  await time.advance(10_000)
  await before.monitor.stop()
  answers = false
  await time.advance(4000)
  const {monitor, evaluated, stateNow} = open('agent')
  const rules = openRules(alertsSchema.parse({}))
  const begun = time.now()
  monitor.start()
  const judged: string[] = []
  while (stateNow() !== 'down' && time.now() - begun < 60_000) {
    await time.advance(500)
    // The machine is busy: the loop of this process stands still now and then.
    time.stall(250)
    for (const target of evaluated.splice(0))
      judged.push(rules.evaluate(target, time.now()).find(({rule}) => rule === 'no data')?.breach ?? '')
  }
  expect(time.now() - begun).toBeLessThanOrEqual(slowestFirstResult({intervalMs: 5000, timeoutMs: 4000}))
  expect(judged).toContain('unknown')
  expect(judged).not.toContain('yes')
  const stopping = monitor.stop()
  await time.advance(3000)
  await stopping
})

test('a store that cannot be written is told, watched targets stay visible, and all is stored when it can be again', async () => {
  const {time, open} = setUp()
  const {monitor, stateNow, store, dir} = open('console')
  const openedAgain = () => {
    const again = openStore(dir)
    stores.push(again)
    return again.database
  }
  monitor.start()
  await time.advance(1000)
  store.database.exec(`CREATE TRIGGER full BEFORE INSERT ON watched BEGIN SELECT raise(ABORT, 'no'); END`)
  await time.advance(20_000)
  expect(monitor.status().trouble).toMatch(/cannot be written/)
  expect(stateNow()).toBe('up')
  store.database.exec('DROP TRIGGER full')
  await time.advance(6000)
  expect(monitor.status().trouble).toBeUndefined()
  expect(sampleHistory(openedAgain()).points('service/e/web', 0)).toHaveLength(6)
  await monitor.stop()
})

test('one command probes everything once, and not at all while somebody watches', async () => {
  const {time, open} = setUp()
  const [alone, watcher, guest] = [open('console'), open('agent'), open('console')]
  await alone.monitor.once(new AbortController().signal)
  expect([alone.seen.probes, alone.stateNow()]).toEqual([1, 'up'])
  await alone.monitor.stop()
  watcher.monitor.start()
  await time.advance(1000)
  await guest.monitor.once(new AbortController().signal)
  expect(guest.seen.probes).toBe(0)
  await watcher.monitor.stop()
  await guest.monitor.stop()
})

test('a command that meets somebody who has just begun to watch waits for what he sees', async () => {
  const {time, open} = setUp()
  const [watcher, guest] = [open('agent'), open('console')]
  watcher.monitor.start()
  const asked = guest.monitor.once(new AbortController().signal)
  await time.advance(1000)
  await asked
  expect([guest.seen.probes, guest.stateNow(), guest.evaluated]).toEqual([0, 'up', []])
  await watcher.monitor.stop()
  await guest.monitor.stop()
})

test('a single command shows what it saw, and keeps, counts and evaluates nothing', async () => {
  const {time, open} = setUp(async () => ({...up, status: 'down'}))
  const [alone, next] = [open('console'), open('console')]
  await alone.monitor.once(new AbortController().signal)
  await time.advance(5000)
  expect([alone.stateNow(), alone.evaluated, next.stateNow()]).toEqual(['down', [], 'no data'])
  expect(alone.monitor.status().state).toBe('nobody')
  await alone.monitor.stop()
  await next.monitor.stop()
})

test('what cannot be probed is no data with the reason, never down', async () => {
  const {time, open} = setUp(() => Promise.reject(new Error('$TOKEN is not set')))
  const {monitor, evaluated} = open('agent')
  monitor.start()
  await time.advance(20_000)
  expect(evaluated.length).toBeGreaterThan(0)
  expect(evaluated.every(({state, failures}) => state === 'no data' && failures === 0)).toBe(true)
  expect(evaluated.at(-1)?.unprobed?.reason).toBe('$TOKEN is not set')
  await monitor.stop()
})

const HOUR = 3_600_000
const rules = openRules(alertsSchema.parse({}))
const breaches = (evaluated: readonly AlertTarget[], now: number) =>
  evaluated.flatMap(target => rules.evaluate(target, now)).filter(({breach}) => breach === 'yes')

test.each([HOUR, -HOUR, 72 * HOUR, -72 * HOUR])(
  'a clock that is set by %i ms moves what is kept, and nothing becomes no data',
  async step => {
    const {time, open} = setUp()
    const {monitor, evaluated, redated, stateNow} = open('agent')
    monitor.start()
    await time.advance(12_000)
    evaluated.splice(0)
    time.jump(step)
    await time.advance(9000)
    expect(redated).toEqual([step])
    expect([breaches(evaluated, time.now()), stateNow()]).toEqual([[], 'up'])
    await monitor.stop()
  },
)

test.each([12_000, 60_000, 600_000])('a pause of %i ms of the process is no fault of its targets', async ms => {
  const {time, open} = setUp()
  const {monitor, evaluated, redated, stateNow} = open('agent')
  monitor.start()
  await time.advance(12_000)
  evaluated.splice(0)
  time.stall(ms)
  await time.advance(9000)
  expect([breaches(evaluated, time.now()), redated, stateNow()]).toEqual([[], [], 'up'])
  await monitor.stop()
})
