import {expect, test} from 'vitest'
import type {AlertRow} from '../alerts/rows.ts'
import type {RuleConfig} from '../alerts/rules/config.ts'
import {alertSeriesReader} from './alert-series.ts'
import {countPoint, emptyHistogram} from './histogram.ts'
import type {Rollup, Span, Watched} from './history.ts'
import {SPANS} from './history.ts'
import type {Point, Target, TargetId} from './sample.ts'
import type {RangeName} from './series.ts'

const NOW = 1_700_000_000_000 - (1_700_000_000_000 % SPANS.hour)
const INTERVAL = 10_000
/** One value each interval, the newest at `NOW`. */
const points = (values: readonly (Partial<Point> | number)[], name: string): readonly Point[] =>
  values.map((value, index) => ({
    at: NOW - (values.length - 1 - index) * INTERVAL,
    status: 'up',
    latencyMs: 5,
    ...(typeof value === 'number' ? {values: {[name]: value}} : value),
  }))

interface Case {
  readonly kind: string
  readonly rule: string
  readonly points: readonly Point[]
  readonly values?: Readonly<Record<string, number>>
  readonly rules?: readonly RuleConfig[]
  readonly range?: RangeName
  readonly degradedAboveMs?: number
  readonly objective?: Target['objective']
  readonly source?: string
  readonly rollups?: readonly Rollup[]
  readonly maintenance?: (at: number) => boolean
}

function charted({kind, rule, points, values = {}, rules = [], range = '5m', rollups = [], ...given}: Case) {
  const id: TargetId = `${kind}/production/main`
  const newest = points.at(-1)
  const sample = newest && {checks: [], reason: '', ...newest, values, target: id}
  const track = {state: 'up', since: NOW, at: NOW, failures: 0, changes: []}
  const watched = {track, sample, windows: [], recent: []} as unknown as Watched
  const target: Target = {
    id,
    kind,
    environment: 'production',
    name: 'main',
    intervalMs: INTERVAL,
    timeoutMs: 1000,
    objective: given.objective,
    probe: () => Promise.reject(new Error('not here')),
  }
  const read = alertSeriesReader({
    history: {
      points: (_target, since) => points.filter(({at}) => at >= since),
      rollups: (_target, span, since, until) =>
        rollups.filter(each => each.span === span && each.start >= since && each.start < until),
      lookUp: () => new Map([[id, watched]]),
    },
    rules: () => ({failureThreshold: 3, degradedFor: 0, hitRateBelow: 0.5, rules: [...rules]}),
    targets: () => [target],
    maintenance: () => (_target, at) => given.maintenance?.(at) ?? false,
  })
  const alert = {id: '1', target: id, rule, ...(given.source !== undefined && {source: given.source})} as AlertRow
  return read(alert, {range, now: NOW, degradedAboveMs: given.degradedAboveMs})
}

const last = ({values}: {readonly values: readonly (number | undefined)[]}, count: number) =>
  values.slice(-count).map(value => value && Math.round(value * 100) / 100)
const written = (when: object): readonly RuleConfig[] => [{name: 'own', when: when as RuleConfig['when']}]
const down = {status: 'down'} as const

test('the chart of a hit rate is the hit rate, and below its limit is the bad side', () => {
  const series = charted({kind: 'cache', rule: 'hit rate', points: points([0.9, 0.4, 0.3], 'hitRate')})
  expect(last(series, 3)).toEqual([0.9, 0.4, 0.3])
  expect(series.figure).toEqual({title: 'Hit rate', measurement: 'hitRate', limit: 0.5, worse: 'below'})
})

test('the limit of a backup age is its objective, as the newest probe told it', () => {
  const values = {ageMs: 7_200_000, rpoMs: 3_600_000}
  const series = charted({kind: 'backup', rule: 'backup age', points: points([1, 7_200_000], 'ageMs'), values})
  expect(series.figure).toEqual({
    title: 'Age of the newest good backup',
    measurement: 'ageMs',
    limit: 3_600_000,
    worse: 'above',
  })
})

test('a share of a measurement that nobody told has no limit that could be drawn', () => {
  const rules = written({type: 'threshold', measurement: 'connections', above: 0.8, of: 'maxConnections'})
  const from = {kind: 'database', rule: 'own', points: points([80, 95], 'connections'), rules}
  expect(charted({...from, values: {connections: 95}}).figure?.limit).toBeUndefined()
  expect(charted({...from, values: {connections: 95, maxConnections: 100}}).figure?.limit).toBe(80)
})

test('a rule over a stretch is drawn as the statistic of that stretch', () => {
  const rules = written({type: 'threshold', measurement: 'lag', above: 3, over: 20_000, statistic: 'max'})
  const series = charted({kind: 'database', rule: 'own', points: points([1, 5, 2, 2, 2], 'lag'), rules})
  expect(last(series, 5)).toEqual([1, 5, 5, 2, 2])
  expect(series.figure?.title).toBe('Lag, max of 20s')
})

test('down is drawn as failed probes in a row, with the number that it takes', () => {
  const series = charted({kind: 'service', rule: 'down', points: points([{}, down, down, {}, down], '')})
  expect(last(series, 5)).toEqual([0, 1, 2, 0, 1])
  expect(series.figure).toMatchObject({title: 'Failed probes in a row', limit: 2})
})

test('an error rate is the share of failed probes in its window', () => {
  const rules = written({type: 'error rate', above: 0.05, over: 40_000, enough: 1})
  const series = charted({kind: 'service', rule: 'own', points: points([{}, {}, {}, down, {}], ''), rules})
  expect(last(series, 2)).toEqual([0.25, 0.25])
  expect(series.figure).toMatchObject({limit: 0.05, worse: 'above'})
})

test('a forecast is drawn as what grows, with what it reaches', () => {
  const rules = written({type: 'forecast', measurement: 'sizeBytes', reaches: 100, within: 1, over: 60_000})
  const series = charted({
    kind: 'database',
    rule: 'own',
    points: points([10, 20], 'sizeBytes'),
    values: {sizeBytes: 20},
    rules,
  })
  expect(last(series, 2)).toEqual([10, 20])
  expect(series.figure).toEqual({title: 'Size', measurement: 'sizeBytes', limit: 100, worse: 'above'})
})

test('degraded is drawn as latency where latency decides it, and in words elsewhere', () => {
  const slow = {kind: 'service', rule: 'degraded', points: points([{latencyMs: 400}], '')}
  expect(charted({...slow, degradedAboveMs: 250}).figure).toMatchObject({measurement: 'latency', limit: 250})
  expect(charted(slow)).toMatchObject({values: [], missing: expect.stringContaining('not a figure')})
  expect(charted({...slow, rule: 'no data'}).missing).toContain('not a figure')
})

const OBJECTIVE = {availability: 0.99, periodMs: 30 * SPANS.day, minimumEvents: 1}
const rollup = (back: number, bad: number, span: Span = SPANS.fiveMinutes): Rollup => {
  const histogram = emptyHistogram()
  for (let count = 0; count < 100; count++) countPoint(histogram, count < bad ? 'down' : 'up', 10)
  return {target: 'service/production/main', span, start: NOW - back * span, histogram}
}

test('an error budget is drawn as its burn rate over the shorter window, without what fell into a maintenance', () => {
  const every = points(
    Array.from({length: 60}, (_, index) => (index % 10 === 0 ? down : {})),
    '',
  )
  const from = {kind: 'service', rule: 'error budget', points: every, objective: OBJECTIVE}
  const series = charted(from)
  expect(series.figure).toMatchObject({title: 'Burn rate of availability over 5m', worse: 'above'})
  expect(series.figure?.limit).toBeCloseTo(14.4)
  expect(last(series, 1)).toEqual([10])
  expect(last(charted({...from, maintenance: () => true}), 1)).toEqual([undefined])
})

test('a day of burn rates is read from roll-ups', () => {
  const series = charted({
    kind: 'service',
    rule: 'error budget',
    points: [],
    objective: OBJECTIVE,
    range: '24h',
    rollups: [rollup(3, 0), rollup(2, 20), rollup(1, 10)],
  })
  expect(last(series, 3)).toEqual([0, 20, 10])
})

test('a day of what is kept for two hours only is said in words, not drawn as something else', () => {
  const from = {kind: 'cache', rule: 'hit rate', points: points([0.9], 'hitRate'), rollups: [rollup(1, 0)]}
  expect(charted({...from, range: '24h'}).missing).toBe('Of this figure the last 2h are kept: [ shows 1h.')
  expect(charted({...from, range: '1h'}).missing).toBeUndefined()
})

test('what others judge, and what nobody watches any more, has no figure here', () => {
  const from = {kind: 'service', rule: 'down', points: points([{}], '')}
  expect(charted({...from, source: 'alertmanager main'}).missing).toBe(
    'alertmanager main judges it; its figure is not kept here.',
  )
  expect(charted({...from, rule: 'gone'}).missing).toBe('Its rule does not apply to it any more.')
})
