import {expect, test} from 'vitest'
import {openMetricsText} from '../open-metrics.ts'
import type {AutoRecord} from '../../alerts/auto/record.ts'
import {autoMetrics} from './auto-metrics.ts'
import {boundedLabel} from './bounded-label.ts'
import {type MetricSource, sourceReader} from './metric-source.ts'
import {type MeasuredRun, runMetrics} from './run-metrics.ts'
import {trailMetrics} from './trail-metrics.ts'

const run = (id: string, more: Partial<MeasuredRun>): MeasuredRun => ({
  id,
  runbook: 'deploy',
  startedAt: 2_000,
  endedAt: undefined,
  durationMs: undefined,
  state: 'running',
  dryRun: false,
  ...more,
})

/** Its samples without buckets, as often as it is asked. */
function reading(...sources: readonly MetricSource[]) {
  const read = sourceReader(sources)
  return async (since: number | undefined): Promise<readonly string[]> => {
    const {registries} = read(since)
    const families = await Promise.all(registries.map(each => each.getMetricsAsJSON()))
    return openMetricsText(families.flat())
      .split('\n')
      .filter(each => each !== '' && !each.startsWith('#') && !each.includes('_bucket'))
  }
}

test('a run is counted once when it begins and once each time it ends, and while it is open by its state', async () => {
  let rows: readonly MeasuredRun[] = [run('a', {}), run('b', {state: 'waiting'}), run('dry', {dryRun: true})]
  const read = reading(runMetrics(() => rows))
  const began = [
    'opsconsole_runs_started_total{runbook="deploy"} 2',
    'opsconsole_runs_open{state="running"} 1',
    'opsconsole_runs_open{state="waiting"} 1',
    'opsconsole_runs_open{state="suspended"} 0',
    'opsconsole_runs_open{state="lost"} 0',
  ]
  expect(await read(1_000)).toEqual(began)
  expect(await read(1_000)).toEqual(began)
  rows = [run('a', {state: 'failed', endedAt: 5_000, durationMs: 3_000}), run('b', {state: 'waiting'})]
  await read(1_000)
  rows = [run('a', {state: 'done', endedAt: 9_000, durationMs: 7_000}), run('b', {state: 'lost'})]
  const after = await read(1_000)
  expect(after).toEqual(await read(1_000))
  expect(after).toEqual([
    'opsconsole_runs_started_total{runbook="deploy"} 2',
    'opsconsole_runs_ended_total{runbook="deploy",outcome="failed"} 1',
    'opsconsole_runs_ended_total{runbook="deploy",outcome="done"} 1',
    'opsconsole_run_duration_seconds_sum{runbook="deploy"} 10',
    'opsconsole_run_duration_seconds_count{runbook="deploy"} 2',
    'opsconsole_runs_open{state="running"} 0',
    'opsconsole_runs_open{state="waiting"} 0',
    'opsconsole_runs_open{state="suspended"} 0',
    'opsconsole_runs_open{state="lost"} 1',
  ])
})

test('a run from before this process watched is not counted as begun; its end is, when it comes', async () => {
  const read = reading(runMetrics(() => [run('old', {endedAt: 4_000, state: 'undone'}), run('older', {endedAt: 1})]))
  expect((await read(3_000)).filter(each => each.includes('_total'))).toEqual([
    'opsconsole_runs_ended_total{runbook="deploy",outcome="undone"} 1',
  ])
})

test('whoever only stands by exports nothing of it, and begins anew when it watches again', async () => {
  const read = reading(runMetrics(() => [run('a', {})]))
  expect(await read(1_000)).toContain('opsconsole_runs_started_total{runbook="deploy"} 1')
  expect(await read(undefined)).toEqual([])
  expect((await read(3_000)).filter(each => each.includes('started'))).toEqual([])
})

test('the trail is exported with its length while it is whole, and as broken', async () => {
  let why: string | undefined
  let [records, now] = [7, 10_000]
  const read = reading(trailMetrics({records: () => records, broken: () => why, now: () => now}))
  const whole = [
    'opsconsole_trail_records_total 7',
    'opsconsole_trail_broken 0',
    'opsconsole_trail_whole_timestamp_seconds 10',
  ]
  expect(await read(1)).toEqual(whole)
  why = 'the audit trail is broken at record 3'
  records = 9
  now = 20_000
  expect(await read(1)).toEqual(whole.with(1, 'opsconsole_trail_broken 1'))
})

test('what cannot be read is left out and named, and takes nothing else with it', () => {
  const read = sourceReader([
    runMetrics(() => {
      throw new Error('EIO')
    }),
    trailMetrics({records: () => 1, broken: () => undefined, now: () => 1}),
  ])
  const {registries, readable} = read(1)
  expect([registries.length, [...readable]]).toEqual([
    1,
    [
      ['runs', false],
      ['trail', true],
    ],
  ])
})

test('a label has so many values at most, each of a bounded length', () => {
  const label = boundedLabel(2)
  expect([label('a'), label('b'.repeat(500)).length, label('c'), label('a')]).toEqual(['a', 120, 'other', 'a'])
})

test('what a policy starts is counted once; what holds it back, and where it gave up, is what it is now', async () => {
  const attempt = {id: 'one', policy: 'restart-web', alert: 'a', runbook: {name: 'restart', params: {}}, at: 2_000}
  const refusal = {policy: 'restart-web', alert: 'b', reason: 'budget', gaveUp: true}
  let record = {attempts: [attempt], refusals: [], over: []} as unknown as AutoRecord
  const read = reading(autoMetrics({policies: () => ['restart-web', 'idle'], record: () => record}))
  const began = [
    'opsconsole_auto_attempts_total{policy="restart-web",runbook="restart"} 1',
    'opsconsole_auto_open{policy="restart-web"} 1',
    'opsconsole_auto_open{policy="idle"} 0',
    'opsconsole_auto_gave_up{policy="restart-web"} 0',
    'opsconsole_auto_gave_up{policy="idle"} 0',
  ]
  expect(await read(1_000)).toEqual(began)
  expect(await read(1_000)).toEqual(began)
  record = {
    attempts: [{...attempt, ended: {at: 3_000, outcome: 'failed'}}],
    refusals: [refusal],
    over: [],
  } as unknown as AutoRecord
  await read(1_000)
  const ended = [
    'opsconsole_auto_attempts_total{policy="restart-web",runbook="restart"} 1',
    'opsconsole_auto_ended_total{policy="restart-web",outcome="failed"} 1',
    'opsconsole_auto_open{policy="restart-web"} 0',
    'opsconsole_auto_open{policy="idle"} 0',
    'opsconsole_auto_held_back{policy="restart-web",reason="budget"} 1',
    'opsconsole_auto_gave_up{policy="restart-web"} 1',
    'opsconsole_auto_gave_up{policy="idle"} 0',
  ]
  expect(await read(1_000)).toEqual(ended)
})

test('attempts from before this process watched are not counted as its own', async () => {
  const attempt = {
    id: 'old',
    policy: 'p',
    runbook: {name: 'restart', params: {}},
    at: 500,
    ended: {at: 900, outcome: 'done'},
  }
  const record = {attempts: [attempt], refusals: [], over: []} as unknown as AutoRecord
  const read = reading(autoMetrics({policies: () => [], record: () => record}))
  expect(await read(1_000)).toEqual([])
})
