import {expect, test} from 'vitest'
import type {TargetKind} from '../../monitors/sample.ts'
import {alertsSchema} from '../config.ts'
import {openRules} from './evaluate.ts'
import type {AlertTarget} from '../alert-target.ts'

const rules = openRules(alertsSchema.parse({}))
const HOUR = 3_600_000
const target = (kind: TargetKind, values: Record<string, number>, extra: Partial<AlertTarget> = {}): AlertTarget => ({
  target: `${kind}/e/x`,
  kind,
  environment: 'e',
  name: 'x',
  intervalMs: 30_000,
  state: 'up',
  since: 0,
  failures: 0,
  flapping: false,
  watchedSince: 0,
  sample: {target: `${kind}/e/x`, at: 0, status: 'up', reason: 'ok', latencyMs: 1, checks: [], values},
  ...extra,
})

test.each([
  ['cache', 'hit rate', {hitRate: 0.49, lookupsPerSecond: 10}, 'yes', 'hit rate 49%, below 50%'],
  ['cache', 'hit rate', {hitRate: 0.5, lookupsPerSecond: 10}, 'no', 'hit rate 50%'],
  ['cache', 'hit rate', {hitRate: 0, lookupsPerSecond: 0}, 'unknown', 'no lookups to judge by'],
  [
    'cache',
    'hit rate',
    {hitRate: 0, lookupsPerSecond: 1, lookups: 99},
    'unknown',
    'only 99 lookups to judge by, 100 are needed',
  ],
  ['cache', 'hit rate', {hitRate: 0.2, lookupsPerSecond: 1, lookups: 100}, 'yes', 'hit rate 20%, below 50%'],
  ['cache', 'hit rate', {}, 'unknown', 'no lookups to judge by'],
  [
    'backup',
    'backup age',
    {ageMs: 25 * HOUR, rpoMs: 24 * HOUR},
    'yes',
    'newest good backup is 1d 1h old, objective 1d',
  ],
  ['backup', 'backup age', {ageMs: 24 * HOUR, rpoMs: 24 * HOUR}, 'no', 'newest good backup is 1d old'],
  ['backup', 'backup age', {rpoMs: 24 * HOUR}, 'yes', 'no good backup'],
  ['backup', 'backup age', {}, 'unknown', 'no data'],
  [
    'backup',
    'backup room',
    {fullInMs: 72 * HOUR},
    'yes',
    'the storage is full in 3d at the pace of its backups, below 7d',
  ],
  ['backup', 'backup room', {fullInMs: 720 * HOUR}, 'no', 'the storage is full in 30d at the pace of its backups'],
  ['backup', 'backup room', {}, 'unknown', 'no data'],
  [
    'release',
    'error rate',
    {errorRate: 0.06, maxErrorRate: 0.05, requestsPerSecond: 9},
    'yes',
    '6.0% of the answers are errors, above 5.0%',
  ],
  [
    'release',
    'error rate',
    {errorRate: 0.05, maxErrorRate: 0.05, requestsPerSecond: 9},
    'no',
    '5.0% of the answers are errors',
  ],
  ['release', 'error rate', {errorRate: 1, requestsPerSecond: 0}, 'unknown', 'no requests to judge by'],
] as const)('%s: %s of %j is %s', (kind, rule, values, breach, reason) => {
  expect(rules.evaluate(target(kind, values), 1000).find(each => each.rule === rule)).toMatchObject({
    breach,
    reason,
  })
})

test('stale measurements are not measurements', () => {
  const stale = target('cache', {hitRate: 0.1, lookupsPerSecond: 5}, {state: 'no data'})
  expect(rules.evaluate(stale, 1000).find(({rule}) => rule === 'hit rate')?.breach).toBe('unknown')
})

test('missing samples are nobody’s fault before two intervals of watching', () => {
  const rule = (watchedSince: number) =>
    rules
      .evaluate(target('service', {}, {state: 'no data', watchedSince}), 100_000)
      .find(each => each.rule === 'no data')
  expect(rule(50_000)?.breach).toBe('unknown')
  expect(rule(30_000)?.breach).toBe('yes')
})

test('rules of caches, backups and releases say nothing about services', () => {
  expect(rules.evaluate(target('service', {}), 0).map(({rule}) => rule)).toEqual([
    'down',
    'degraded',
    'no data',
    'error budget',
    'error budget slowly',
  ])
})

test('a backup that is missing or too old is one alert; a catalogue that cannot be read is another', () => {
  const breaches = (values: Record<string, number>, reason: string): readonly (readonly [string, string])[] => {
    const backup = target('backup', values, {state: 'down', failures: 9})
    const sample = {...(backup.sample as NonNullable<AlertTarget['sample']>), status: 'down' as const, reason}
    return rules
      .evaluate({...backup, sample}, 1000)
      .flatMap(each => (each.breach === 'yes' ? [[each.rule, each.reason] as const] : []))
  }
  expect(breaches({rpoMs: HOUR}, 'no backup has been taken')).toEqual([['backup age', 'no backup has been taken']])
  expect(breaches({rpoMs: HOUR, ageMs: 2 * HOUR}, 'old')).toEqual([
    ['backup age', 'newest good backup is 2h old, objective 1h'],
  ])
  expect(breaches({}, 'the catalogue cannot be read: EACCES')).toEqual([
    ['down', 'down: the catalogue cannot be read: EACCES (9 failed probes in a row)'],
  ])
})
