import {describe, expect, test} from 'vitest'
import type {History, Rollup, Watched} from '../history.ts'
import {SPANS} from '../history.ts'
import {createRecorder} from '../recorder.ts'
import type {Target} from '../sample.ts'
import {burnNow, slosOf, worstSlo} from './budget.ts'
import type {InMaintenance} from './spent.ts'
import {currentSpent} from './spent.ts'

const [SECOND, MINUTE, HOUR, DAY] = [1000, 60_000, SPANS.hour, SPANS.day]
const BEGIN = Date.UTC(2026, 10, 1)
const INTERVAL = 30 * SECOND
const objective = {
  availability: 0.999,
  latency: {belowMs: 500, share: 0.95},
  periodMs: 30 * DAY,
  minimumEvents: 5,
}
const web: Target & {objective: typeof objective} = {
  id: 'service/e/web',
  kind: 'service',
  environment: 'e',
  name: 'web',
  intervalMs: INTERVAL,
  timeoutMs: 5000,
  objective,
  probe: () => Promise.reject(new Error('not probed here')),
}

/** A history in memory, as the store keeps it. */
function memoryHistory(): History {
  const rollups = new Map<string, Rollup>()
  return {
    watched: () => new Map<never, Watched>(),
    lookUp: () => new Map(),
    points: () => [],
    unwritten: () => [],
    rollups: (_, span, since, until) =>
      [...rollups.values()]
        .filter(each => each.span === span && each.start >= since && each.start < until)
        .sort((a, b) => a.start - b.start),
    commit: batch => batch.rollups.forEach(each => rollups.set(`${each.span}/${each.start}`, each)),
    show: () => undefined,
    forgetOld: () => undefined,
  }
}

interface Outage {
  readonly name: string
  /** Since the beginning of the watch. */
  readonly from: number
  readonly lasts: number
  /** Share of bad probes. */
  readonly share: number
}

/** The n-th probe of an outage is bad when the share says so, evenly spread. */
const isBad = (n: number, share: number): boolean => Math.floor((n + 1) * share + 1e-9) > Math.floor(n * share + 1e-9)

interface Run {
  readonly outage: Outage
  readonly until: number
  readonly kind?: 'down' | 'slow'
  readonly inMaintenance?: InMaintenance
  readonly from?: number
}

/** Long enough before an outage for all but the longest window to be full. */
const beginOf = (outage: Outage): number => Math.max(0, outage.from - 7 * HOUR)

/** Every probe of a watch, with what is said of the first objective (or the second, of latency) after it. */
function* watch({outage, until, kind = 'down', inMaintenance, from = 0}: Run) {
  const recorder = createRecorder(memoryHistory(), {inMaintenance})
  let inOutage = 0
  for (let at = from; at < until; at += INTERVAL) {
    const bad = at >= outage.from && at < outage.from + outage.lasts && isBad(inOutage++, outage.share)
    const status = bad && kind === 'down' ? 'down' : 'up'
    const latencyMs = bad && kind === 'slow' ? 900 : 20
    const sample = {target: web.id, at: BEGIN + at, status, latencyMs, reason: '', checks: [], values: {}} as const
    const known = recorder.record(web, sample)
    recorder.flush()
    yield {at, slos: slosOf(objective, currentSpent(known, BEGIN + at))}
  }
}

function last(run: Run) {
  let end: {at: number; slos: ReturnType<typeof slosOf>} | undefined
  for (const each of watch(run)) end = each
  return end?.slos ?? []
}

const OUTAGES: readonly Outage[] = [
  {name: 'all down for 1 minute', from: 4 * DAY, lasts: MINUTE, share: 1},
  {name: 'all down for 5 minutes', from: 4 * DAY + 7 * MINUTE, lasts: 5 * MINUTE, share: 1},
  {name: 'all down for 20 minutes', from: 4 * DAY + 13 * MINUTE, lasts: 20 * MINUTE, share: 1},
  {name: 'all down for 2 hours', from: 4 * DAY, lasts: 2 * HOUR, share: 1},
  {name: 'half down for 10 minutes', from: 4 * DAY, lasts: 10 * MINUTE, share: 0.5},
  {name: 'half down for 6 hours', from: 4 * DAY - 11 * MINUTE, lasts: 6 * HOUR, share: 0.5},
  {name: '10 % for 1 hour', from: 4 * DAY, lasts: HOUR, share: 0.1},
  {name: '5 % for 3 hours', from: 4 * DAY + 40 * MINUTE, lasts: 3 * HOUR, share: 0.05},
  {name: '2 % for 6 hours', from: 4 * DAY, lasts: 6 * HOUR, share: 0.02},
  {name: '1 % for 12 hours', from: 4 * DAY, lasts: 12 * HOUR, share: 0.01},
  {name: '1 % for 3 days', from: DAY, lasts: 3 * DAY, share: 0.01},
  {name: '0.2 % for 4 days', from: 10 * MINUTE, lasts: 4 * DAY, share: 0.002},
]

/** The formula itself, over the outage as it is: share × its part of the window / window / what is allowed. */
function formula(outage: Outage, now: number, windowMs: number): number {
  const overlap = Math.max(0, Math.min(now, outage.from + outage.lasts) - Math.max(outage.from, now - windowMs))
  return (outage.share * overlap) / Math.min(windowMs, now - beginOf(outage)) / (1 - objective.availability)
}

describe('L2: twelve synthetic outages against budget = rate × window / period', () => {
  test.each(OUTAGES)('$name: the budget that is left, to one probe', outage => {
    const end = outage.from + outage.lasts + 10 * MINUTE
    const [availability] = last({outage, until: end, from: beginOf(outage)})
    const spent = (outage.share * outage.lasts) / (objective.periodMs * (1 - objective.availability))
    const probe = INTERVAL / (objective.periodMs * (1 - objective.availability))
    expect(Math.abs((availability?.left ?? 0) - (1 - spent))).toBeLessThanOrEqual(probe * 1.01)
  })

  test.each(OUTAGES)('$name: burn rates of all windows, at its end', outage => {
    const end = outage.from + outage.lasts
    const [availability] = last({outage, until: end, from: beginOf(outage)})
    for (const {long, short, longRate, shortRate} of availability?.burns ?? [])
      for (const [window, rate] of [
        [long, longRate],
        [short, shortRate],
      ] as const) {
        const lengthMs = {'5m': 5 * MINUTE, '30m': 30 * MINUTE, '1h': HOUR, '6h': 6 * HOUR, '3d': 3 * DAY}[window]
        // Long windows are counted again every five minutes and begin on their border; every one counts whole probes.
        const slackMs = Math.min(lengthMs / 60, 5 * MINUTE) + (lengthMs > HOUR ? 5 * MINUTE : 0) + 2 * INTERVAL
        const slack =
          (outage.share * slackMs + INTERVAL) / Math.min(lengthMs, end - beginOf(outage)) / (1 - objective.availability)
        expect(Math.abs((rate ?? 0) - formula(outage, end, lengthMs)), window).toBeLessThanOrEqual(slack)
      }
  })

  test.each([
    ['fast', OUTAGES[3], HOUR, 14.4],
    ['fast', OUTAGES[5], HOUR, 14.4],
    ['slow', OUTAGES[7], 6 * HOUR, 6],
    ['slow', OUTAGES[8], 6 * HOUR, 6],
  ] as const)('%s burning begins and ends when the formula says so (%o)', (name, outage, longMs, threshold) => {
    if (outage === undefined) throw new Error('no such outage')
    let [began, ended]: (number | undefined)[] = []
    for (const {at, slos} of watch({outage, until: outage.from + outage.lasts + 2 * HOUR, from: beginOf(outage)})) {
      const burning = slos[0]?.burns.find(burn => burn.name === name)?.burning
      if (burning && began === undefined) began = at
      if (began !== undefined && !burning && at > outage.from + outage.lasts) ended ??= at
    }
    // The longer window reaches its threshold; five bad probes at least.
    const due = Math.max(
      (threshold * longMs * (1 - objective.availability)) / outage.share,
      (objective.minimumEvents * INTERVAL) / outage.share,
    )
    const counted = Math.min(longMs / 60, 5 * MINUTE) + 2 * INTERVAL + INTERVAL / outage.share
    expect(Math.abs((began ?? 0) - outage.from - due)).toBeLessThanOrEqual(counted)
    // The shorter one falls below it first.
    const shortMs = name === 'fast' ? 5 * MINUTE : 30 * MINUTE
    const over = shortMs * (1 - (threshold * (1 - objective.availability)) / outage.share)
    expect(Math.abs((ended ?? 0) - outage.from - outage.lasts - over)).toBeLessThanOrEqual(counted)
  })
})

test('what was spent is known at each probe, not only when the whole period is counted again', () => {
  const outage = {name: '', from: HOUR + 31 * SECOND, lasts: 8 * MINUTE, share: 1}
  const probe = INTERVAL / (objective.periodMs * (1 - objective.availability))
  let burned = 0
  for (const {at, slos} of watch({outage, until: HOUR + 20 * MINUTE})) {
    const bad = Math.ceil(Math.max(0, Math.min(at - outage.from + 1, outage.lasts)) / INTERVAL)
    expect(Math.abs((slos[0]?.left ?? 0) - (1 - bad * probe))).toBeLessThanOrEqual(probe * 1.01)
    if (!slos[0]?.burns.some(({burning}) => burning)) continue
    burned += 1
    expect(slos[0].left).toBeLessThan(1)
  }
  expect(burned).toBeGreaterThan(0)
})

test('slow answers spend the budget of the latency objective, and no other', () => {
  const outage = {name: '', from: HOUR, lasts: 2 * HOUR, share: 1}
  const [availability, latency] = last({outage, until: 3 * HOUR + 10 * MINUTE, kind: 'slow'})
  expect(availability?.left).toBe(1)
  expect(latency?.left).toBeCloseTo(1 - (2 * HOUR) / (30 * DAY * 0.05), 3)
  expect(latency?.burns[0]?.longRate).toBeGreaterThan(14)
})

test('what falls into a maintenance is in no budget and in no burn rate, also when it was rolled up into a day', () => {
  const outage = {name: '', from: 5 * HOUR, lasts: 3 * HOUR, share: 1}
  const inMaintenance = (_: unknown, at: number): boolean => at >= BEGIN + 5 * HOUR && at < BEGIN + 7 * HOUR
  for (const until of [8 * HOUR + 10 * MINUTE, 9 * HOUR, 40 * HOUR]) {
    const [availability] = last({outage, until, inMaintenance})
    expect(availability?.left).toBeCloseTo(1 - HOUR / (30 * DAY * 0.001), 1)
  }
})

test('a few bad probes are too few to burn, whatever their share', () => {
  const [availability] = last({outage: {name: '', from: HOUR, lasts: 2 * MINUTE, share: 1}, until: HOUR + 3 * MINUTE})
  expect(availability?.burns[0]).toMatchObject({events: 4, enough: false, burning: false})
  expect(availability?.burns[0]?.longRate).toBeGreaterThan(14.4)
  expect(burnNow(availability ?? {burns: []})).toBeUndefined()
})

test('nothing counted is nothing known; windows that have passed say nothing, the period still does', () => {
  expect(slosOf(objective, undefined)[0]).toMatchObject({kept: undefined, left: undefined})
  const spent = {probes: 10, failed: 5, slow: 0, failedMs: 150_000, slowMs: 0}
  const all = {'5m': spent, '30m': spent, '1h': spent, '6h': spent, '3d': spent, period: spent}
  const [later] = slosOf(objective, currentSpent({spent: all, track: {at: BEGIN}}, BEGIN + 2 * HOUR))
  expect(later?.burns[0]).toMatchObject({longRate: undefined, shortRate: undefined, burning: false})
  expect(later?.burns[1]).toMatchObject({longRate: expect.closeTo(500), shortRate: undefined})
  expect(later?.left).toBeLessThan(1)
})

test('the worst is the one of which the least is left', () => {
  const [one, two] = slosOf(objective, undefined)
  if (one === undefined || two === undefined) throw new Error('two objectives')
  expect(worstSlo([{...one, left: 0.5}, {...two, left: -1}, one])?.left).toBe(-1)
  expect(worstSlo([])).toBeUndefined()
})
