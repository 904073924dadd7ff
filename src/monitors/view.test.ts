import {expect, test} from 'vitest'
import type {Watched} from './history.ts'
import type {Health} from './sample.ts'
import {sparkline, watchAt, watchView} from './view.ts'

const NOW = 1_800_000_000_000
const measurements = {window: '5m', samples: 9, uptime: 1, errorRate: 0, p50: 1, p95: 1, p99: 1} as const
const watched = (at: number, changes: readonly number[] = []): Watched => ({
  track: {state: 'up', since: at - 1000, at, failures: 0, changes},
  sample: {target: 'cache/e/x', at, status: 'up', reason: 'fine', latencyMs: 1, checks: [], values: {hitRate: 0.5}},
  windows: [measurements, {...measurements, window: '1h'}],
  recent: [{at, status: 'up', latencyMs: 1, values: {hitRate: 0.5}}],
})
const target = {kind: 'cache', environment: 'e', name: 'x', intervalMs: 10_000} as const
const view = (known: Watched | undefined, now = NOW) =>
  watchView({watched: () => new Map(known ? [['cache/e/x', known]] : [])}, now)

test('a target that was never probed has no data, and says so', () => {
  expect(view(undefined)(target)).toMatchObject({
    row: {state: 'no data', reason: 'not probed yet', since: undefined, at: undefined},
    sample: undefined,
  })
})

test('fresh knowledge is shown as it is, stale knowledge with what it was and when', () => {
  expect(view(watched(NOW - 5000))(target).row).toMatchObject({state: 'up', reason: 'fine', at: NOW - 5000})
  expect(view(watched(NOW - 600_000))(target).row).toMatchObject({
    state: 'no data',
    since: NOW - 580_000,
    reason: 'last seen up 10m ago',
  })
  const changes = Array.from({length: 6}, (_, i) => NOW - i * 10_000)
  expect(view(watched(NOW, changes))(target).row.reason).toBe('flapping; fine')
})

test('a window that has wholly passed since the last probe has no measurements', () => {
  expect(view(watched(NOW - 600_000))(target).windows).toMatchObject([
    {window: '5m', samples: 0, uptime: undefined},
    {window: '1h', samples: 9, uptime: 1},
  ])
})

test('a sparkline has a gap where probes are missing, and where the measurement is not there', () => {
  const point = (at: number, status: Health) => ({at, status, latencyMs: at})
  const recent = [point(0, 'up'), point(10, 'down'), point(20, 'up'), point(60, 'up')]
  expect(sparkline(recent, 10, each => (each.status === 'down' ? undefined : each.latencyMs))).toEqual([
    0,
    undefined,
    20,
    undefined,
    60,
  ])
  expect(watchAt({watched: () => new Map([['cache/e/x', watched(NOW)]])}, NOW).measurements(target, 'hitRate')).toEqual(
    [0.5],
  )
})
