import {describe, expect, test} from 'vitest'
import {fakeTime} from '../../test/fake-time.ts'
import type {ProbeResult, Target} from './sample.ts'
import {AT_WORK_MS} from './probe-line.ts'
import {createScheduler, mostUnderWay, nextDelay} from './scheduler.ts'

const up: ProbeResult = {status: 'up', reason: 'ok', latencyMs: 1, checks: [], values: {}}
const target = (name: string, probe: Target['probe'], intervalMs = 1000, timeoutMs = 500): Target => ({
  id: `service/e/${name}`,
  kind: 'service',
  environment: 'e',
  name,
  intervalMs,
  timeoutMs,
  probe,
})
const build = (targets: readonly Target[], concurrency = 64, mostUnderWay = 2000, random = () => 0.5) => {
  const time = fakeTime()
  const unprobed: string[] = []
  const findings: {at: number; name: string; result: ProbeResult}[] = []
  const scheduler = createScheduler({
    targets,
    clock: time,
    timers: time,
    random,
    concurrency,
    mostUnderWay,
    doubtFirst: false,
    onOutcome({name}, outcome) {
      if (outcome.probed) findings.push({at: time.monotonic(), name, result: outcome.result})
      else unprobed.push(outcome.reason)
    },
  })
  return {time, findings, unprobed, scheduler}
}
/** Ends only when its signal is aborted, with the signal's reason as the result. */
const hanging: Target['probe'] = signal =>
  new Promise(resolve => {
    signal.addEventListener('abort', () => resolve({...up, status: 'down', reason: (signal.reason as Error).message}))
  })

describe('probes', () => {
  test('come once an interval for each target', async () => {
    const {time, findings, scheduler} = build([target('a', async () => up), target('b', async () => up, 5000)])
    scheduler.start()
    await time.advance(10_500)
    expect(findings.filter(({name}) => name === 'a')).toHaveLength(11)
    expect(findings.filter(({name}) => name === 'b')).toHaveLength(3)
    await scheduler.stop()
    await time.advance(10_000)
    expect(findings).toHaveLength(14)
  })

  test('come at once when a change of ours noted something of the target, also while one is under way', async () => {
    let noted: string | undefined
    let ends = (): void => {}
    const slow = async (): Promise<ProbeResult> => {
      if (noted === 'second') await new Promise<void>(resolve => (ends = resolve))
      return up
    }
    const {time, findings, scheduler} = build([{...target('a', slow, 60_000, 30_000), noted: () => noted}])
    scheduler.start()
    await time.advance(2_000)
    noted = 'first'
    // Known since it was left long ago: no reason to probe.
    await time.advance(2_000)
    expect(findings).toHaveLength(1)
    noted = 'second'
    await time.advance(1_000)
    noted = 'third'
    await time.advance(2_000)
    expect(findings).toHaveLength(1)
    ends()
    await time.advance(2_000)
    expect(findings).toHaveLength(3)
    await time.advance(20_000)
    expect(findings).toHaveLength(3)
    await scheduler.stop()
  })

  test('of one target never overlap, and a probe that hangs is down at its deadline', async () => {
    let running = 0
    let most = 0
    const {time, findings, scheduler} = build([
      target(
        'a',
        async signal => {
          running += 1
          most = Math.max(most, running)
          const result = await hanging(signal)
          running -= 1
          return result
        },
        1000,
        3000,
      ),
    ])
    scheduler.start()
    await time.advance(20_000)
    expect(most).toBe(1)
    expect(findings[0]).toMatchObject({result: {status: 'down', reason: 'no answer within 3s'}})
    expect(findings.length).toBeGreaterThanOrEqual(6)
  })

  test('of a driver that ignores its signal are down once, and not begun again before it came back', async () => {
    let begun = 0
    const {time, findings, scheduler} = build([
      target('deaf', () => {
        begun += 1
        return new Promise(() => undefined)
      }),
    ])
    scheduler.start()
    await time.advance(60_000)
    expect(begun).toBe(1)
    expect(findings).toMatchObject([{result: {status: 'down', reason: 'no answer within 500ms'}}])
    await scheduler.probeNow()
    const stopping = scheduler.stop()
    await time.advance(2000)
    await stopping
  })

  test('that reject or throw could not probe, with that as the reason; nothing is said of the target, the schedule goes on', async () => {
    const {time, findings, unprobed, scheduler} = build([
      target('a', () => Promise.reject(new Error('boom \u001b[2J'))),
      target('b', () => {
        throw new Error('at once')
      }),
    ])
    scheduler.start()
    await time.advance(2500)
    expect(findings).toEqual([])
    expect(unprobed.toSorted()).toEqual([...Array(3).fill('at once'), ...Array(3).fill('boom ^[[2J')])
  })

  test('are bounded in number, and those in line are counted as late', async () => {
    let running = 0
    let most = 0
    const targets = Array.from({length: 50}, (_, i) =>
      target(
        `t${i}`,
        async signal => {
          most = Math.max(most, ++running)
          const result = await hanging(signal)
          running -= 1
          return result
        },
        10_000,
      ),
    )
    const {time, findings, scheduler} = build(targets, 10, 10)
    scheduler.start()
    await time.advance(4000)
    expect(most).toBe(10)
    expect(findings).toHaveLength(50)
    expect(scheduler.measurements().worstLagMs).toBeGreaterThanOrEqual(2000)
  })
})

test('hundreds of targets that do not answer make nobody else late', async () => {
  const dead = Array.from({length: 300}, (_, i) => target(`dead${i}`, hanging, 10_000, 8000))
  const well = Array.from({length: 5}, (_, i) => target(`well${i}`, async () => up))
  let seed = 1
  const random = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647
  const {time, findings, scheduler} = build([...dead, ...well], 40, 2000, random)
  scheduler.start()
  await time.advance(15_000)
  expect(scheduler.measurements().running).toBeGreaterThan(100)
  expect(scheduler.measurements().worstLagMs).toBeLessThanOrEqual(AT_WORK_MS + 1)
  expect(findings.filter(({name}) => name.startsWith('well')).length).toBeGreaterThanOrEqual(5 * 13)
  await scheduler.stop()
})

test.each([
  [1024, 512],
  [64, 64],
  [1_048_576, 2000],
])('of %i that may be open, probes have %i at most', (openFiles, most) => {
  expect(mostUnderWay(64, openFiles)).toBe(most)
})

test('stopping aborts every probe and reports none of them', async () => {
  let reason: unknown
  const {time, findings, scheduler} = build([
    target(
      'a',
      signal => {
        signal.addEventListener('abort', () => {
          reason = signal.reason
        })
        return hanging(signal)
      },
      1000,
      60_000,
    ),
  ])
  scheduler.start()
  await time.advance(100)
  await scheduler.stop()
  expect(reason).toMatchObject({message: 'the monitor stopped'})
  expect(findings).toEqual([])
})

test('looking now sees every target, also those far from their next probe', async () => {
  const {time, findings, scheduler} = build([
    target('a', async () => up, 3_600_000),
    target('b', async () => up, 3_600_000),
  ])
  scheduler.start()
  await time.advance(1000)
  await scheduler.probeNow()
  expect(findings).toHaveLength(4)
})

test.each([
  [30_000, 5000, 0, 30_000],
  [30_000, 5000, 2, 30_000],
  [30_000, 5000, 3, 45_000],
  [30_000, 25_000, 3, 34_000],
  [1000, 5000, 99, 1000],
])(
  'interval %i, timeout %i after %i timeouts is probed again after %i ms, before it would be no data',
  (intervalMs, timeoutMs, timeouts, delay) => {
    expect(nextDelay({intervalMs, timeoutMs}, timeouts, 0.5)).toBe(delay)
    if (timeoutMs < intervalMs) expect(delay + timeoutMs).toBeLessThan(2 * intervalMs)
  },
)

describe('a probe that finds something wrong', () => {
  const slow =
    (time: ReturnType<typeof fakeTime>, stallMs: number, status: 'up' | 'down'): Target['probe'] =>
    () => {
      // The event loop stands still: time passes and no timer runs.
      time.stall(stallMs)
      return Promise.resolve({...up, status, latencyMs: stallMs + 5})
    }
  const watch = (probe: (time: ReturnType<typeof fakeTime>) => Target['probe'], doubtFirst = true) => {
    const time = fakeTime()
    const seen: ProbeResult[] = []
    const judge = (result: ProbeResult): ProbeResult =>
      result.latencyMs > 100 ? {...result, status: 'degraded', reason: 'slow'} : result
    const scheduler = createScheduler({
      targets: [{...target('a', probe(time)), judge}],
      clock: time,
      timers: time,
      random: () => 0.5,
      concurrency: 8,
      doubtFirst,
      onOutcome: (_, outcome) => void (outcome.probed && seen.push(outcome.result)),
    })
    scheduler.start()
    return {time, seen, scheduler}
  }

  test('first, or first after a gap, is made again before it counts', async () => {
    const answers = ['down', 'up', 'down', 'up', 'up'] as const
    let nth = 0
    const {time, seen, scheduler} = watch(() => async () => ({...up, status: answers[nth++] ?? 'up'}))
    await time.advance(600)
    expect(seen.map(({status}) => status)).toEqual(['up'])
    scheduler.gap()
    await time.advance(2000)
    expect(seen.every(({status}) => status === 'up')).toBe(true)
    await scheduler.stop()
  })

  test('twice is believed', async () => {
    const {time, seen, scheduler} = watch(() => async () => ({...up, status: 'down'}))
    await time.advance(600)
    expect(seen.map(({status}) => status)).toEqual(['down'])
    await scheduler.stop()
  })

  test('only because this process was paused is not slow: its own delay is taken out', async () => {
    const {time, seen, scheduler} = watch(clock => slow(clock, 900, 'up'))
    await time.advance(100)
    expect(seen).toMatchObject([{status: 'up'}])
    expect(seen[0]?.latencyMs).toBeLessThan(100)
    await scheduler.stop()
  })

  test('while this process always stands still counts in the end, and says so', async () => {
    const {time, seen, scheduler} = watch(clock => slow(clock, 900, 'down'))
    await time.advance(10_000)
    expect(seen.length).toBeGreaterThan(0)
    expect(seen[0]?.reason).toMatch(/^ok \(this host was paused for \d+ms of it\)$/)
    await scheduler.stop()
  })
})
