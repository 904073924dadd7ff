import {describe, expect, test} from 'vitest'
import type {Point} from '../../../monitors/sample.ts'
import type {AlertTarget, Past} from '../../alert-target.ts'
import {alertsSchema} from '../../config.ts'
import {openRules} from '../evaluate.ts'

const NOW = 1_800_000_000_000
const MINUTE = 60_000

/** `database/e/x`, its newest probe now. `points` are a minute apart, the newest last. */
function target({
  values = {},
  latencyMs = 1,
  points = [],
  usual,
  ...extra
}: {
  readonly values?: Record<string, number>
  readonly latencyMs?: number
  readonly points?: readonly Omit<Point, 'at'>[]
  readonly usual?: ReturnType<Past['usual']>
} & Partial<AlertTarget>): AlertTarget {
  const dated = points.map((point, index) => ({...point, at: NOW - (points.length - 1 - index) * MINUTE}))
  return {
    target: 'database/e/x',
    kind: 'database',
    environment: 'e',
    name: 'x',
    intervalMs: 30_000,
    state: 'up',
    since: 0,
    failures: 0,
    flapping: false,
    watchedSince: 0,
    sample: {target: 'database/e/x', at: NOW, status: 'up', reason: 'ok', latencyMs, checks: [], values},
    past: {points: since => dated.filter(({at}) => at >= since), usual: () => usual ?? {p95: undefined, count: 0}},
    ...extra,
  }
}

function judged(when: object, seen: AlertTarget): readonly [string | undefined, string | undefined] {
  const rules = openRules(alertsSchema.parse({rules: [{name: 'it', when}]}))
  const found = rules.evaluate(seen, NOW).find(({rule}) => rule === 'it')
  return [found?.breach, found?.reason]
}

const up = (values: Record<string, number>, latencyMs = 1): Omit<Point, 'at'> => ({status: 'up', latencyMs, values})
const DOWN: Omit<Point, 'at'> = {status: 'down', latencyMs: 5000}

describe('a threshold', () => {
  test.each([
    ['latency', {above: '800ms'}, {latencyMs: 801}, 'yes', 'latency 801ms, above 800ms'],
    ['latency', {above: '800ms'}, {latencyMs: 800}, 'no', 'latency 800ms'],
    ['connections', {above: 90}, {values: {connections: 95}}, 'yes', 'connections 95, above 90'],
    [
      'connections',
      {above: '80%', of: 'maxConnections'},
      {values: {connections: 81, maxConnections: 100}},
      'yes',
      'connections 81, above 80',
    ],
    ['connections', {above: '80%', of: 'maxConnections'}, {values: {connections: 81}}, 'unknown', 'no data'],
    [
      'connections',
      {above: '80%', of: 'maxConnections', otherwise: 50},
      {values: {connections: 51}},
      'yes',
      'connections 51, above 50',
    ],
    ['replicationLagMs', {above: '30s'}, {values: {replicationLagMs: 45_000}}, 'yes', 'replication lag 45s, above 30s'],
    ['certificateDays', {below: 14}, {values: {certificateDays: 13}}, 'yes', 'certificate days 13, below 14'],
    ['sizeBytes', {above: '2gb'}, {values: {sizeBytes: 3 * 1024 ** 3}}, 'yes', 'size 3.0 GB, above 2.0 GB'],
    ['sizeBytes', {above: '2gb'}, {values: {}}, 'unknown', 'no data'],
    ['sizeBytes', {above: '2gb', absent: 'breach'}, {values: {}}, 'yes', 'sizeBytes is missing'],
    ['latency', {above: '1ms'}, {latencyMs: 9, state: 'no data'}, 'unknown', 'no data'],
  ] as const)('of %s, %j, in %j is %s', (measurement, limit, seen, breach, reason) => {
    expect(judged({type: 'threshold', measurement, ...limit}, target(seen))).toEqual([breach, reason])
  })

  test('over a stretch is of its statistic, and says nothing of too few', () => {
    const points = [up({}, 9000), up({}, 100), up({}, 300), up({}, 200)]
    const seen = target({points})
    const of = (more: object) => judged({type: 'threshold', measurement: 'latency', above: '250ms', ...more}, seen)
    expect(of({over: '150s'})).toEqual(['no', 'latency 200ms (mean of 2m 30s)'])
    expect(of({over: '150s', statistic: 'max'})).toEqual(['yes', 'latency 300ms (max of 2m 30s), above 250ms'])
    expect(of({over: '150s', statistic: 'p95'})[0]).toBe('yes')
    expect(of({over: '150s', enough: 4})).toEqual(['unknown', 'no data'])
  })
})

test('an error rate is the share of failed probes in a stretch of enough probes', () => {
  const when = {type: 'error rate', above: '20%', over: '10m', enough: 5}
  expect(judged(when, target({points: [DOWN, up({}), up({}), up({})]}))[0]).toBe('unknown')
  expect(judged(when, target({points: [DOWN, up({}), up({}), up({}), up({})]}))).toEqual([
    'no',
    '20% of 5 probes failed in 10m',
  ])
  expect(judged(when, target({points: [DOWN, DOWN, up({}), up({}), up({})]}))).toEqual([
    'yes',
    '40% of 5 probes failed in 10m, above 20%',
  ])
})

describe('slower than usual', () => {
  const points = [up({}, 90), up({}, 210), up({}, 205), up({}, 150), up({}, 201)]
  test('is more than twice the p95 of the same hour of seven days', () => {
    expect(judged({type: 'baseline'}, target({points, usual: {p95: 100, count: 1000}}))).toEqual([
      'yes',
      'p95 210ms, 2.1 times the usual 100ms of this hour, above 2 times',
    ])
    expect(judged({type: 'baseline'}, target({points, usual: {p95: 105, count: 1000}}))[0]).toBe('no')
  })
  test('is not known of fewer than a thousand, nor of four answers', () => {
    expect(judged({type: 'baseline'}, target({points, usual: {p95: 1, count: 999}}))).toEqual([
      'unknown',
      'only 999 in this hour of 7 days to judge by, 1000 are needed',
    ])
    expect(judged({type: 'baseline'}, target({points: points.slice(1), usual: {p95: 1, count: 1000}}))[0]).toBe(
      'unknown',
    )
  })
})

describe('a forecast', () => {
  const growing = (from: number, step: number) => Array.from({length: 61}, (_, at) => up({sizeBytes: from + at * step}))
  const when = {type: 'forecast', measurement: 'sizeBytes', reaches: 10_000, within: '4h', over: '1h'}
  const seen = (from: number, step: number) =>
    target({points: growing(from, step), values: {sizeBytes: from + 60 * step}})

  test.each([
    ['reached in 100 minutes', 3000, 42, 'yes'],
    ['reached in five hours', 3000, 19, 'no'],
    ['moving away', 9000, -10, 'no'],
    ['standing still', 9000, 0, 'no'],
    ['reached already', 9900, 10, 'yes'],
  ])('%s', (_title, from, step, breach) => {
    expect(judged(when, seen(from, step))[0]).toBe(breach)
  })
  test('says when, and through which stretch its line goes', () => {
    expect(judged(when, seen(4000, 50))).toEqual(['yes', 'size 6.8 KB reaches 9.8 KB in 1h at the pace of the last 1h'])
  })
  test('is not made of a few minutes', () => {
    expect(judged(when, target({points: growing(0, 100).slice(0, 29), values: {sizeBytes: 2900}}))[0]).toBe('unknown')
  })
})

test('a missing measurement is a breach while the target answers, and unknown while it does not', () => {
  const when = {type: 'absence', measurement: 'replicationLagMs'}
  expect(judged(when, target({}))).toEqual(['yes', 'replicationLagMs is missing from the answer'])
  expect(judged(when, target({values: {replicationLagMs: 0}}))[0]).toBe('no')
  expect(judged(when, target({state: 'down'}))[0]).toBe('unknown')
})

describe('rules of the configuration', () => {
  const namesOf = (rules: readonly object[], more: Partial<AlertTarget> = {}) =>
    openRules(alertsSchema.parse({rules}))
      .evaluate(target(more), NOW)
      .map(({rule, severity}) => `${rule} ${severity}`)
  const UP = ['down critical', 'degraded warning', 'no data warning']

  test('change the one of their name for their targets only', () => {
    const rules = [{name: 'down', on: ['database/x'], severity: 'info'}]
    expect(namesOf(rules)).toEqual(['down info', ...UP.slice(1)])
    expect(namesOf(rules, {target: 'database/e/y', name: 'y'})).toEqual(UP)
    expect(namesOf([{name: 'no-data', environments: ['e'], severity: 'critical'}])).toContain('no data critical')
    expect(namesOf([{name: 'no-data', environments: ['f'], severity: 'critical'}])).toEqual(UP)
  })
  test('switch one off, and on again for fewer', () => {
    expect(namesOf([{name: 'degraded', off: true}])).toEqual(['down critical', 'no data warning'])
    expect(
      namesOf([
        {name: 'degraded', off: true},
        {name: 'degraded', on: ['*/x'], when: {type: 'degraded'}},
      ]),
    ).toEqual(['down critical', 'no data warning', 'degraded warning'])
  })
  test('fill the parameters of their runbook', () => {
    const rules = openRules(
      alertsSchema.parse({
        rules: [{name: 'down', runbook: {name: 'restart', params: {what: '{kind} {name} in {environment}'}}}],
      }),
    )
    expect(rules.evaluate(target({state: 'down', failures: 9}), NOW)[0]?.runbook).toEqual({
      name: 'restart',
      params: {what: 'database x in e'},
    })
  })
})
