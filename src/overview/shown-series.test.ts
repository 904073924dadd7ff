import {expect, test} from 'vitest'
import {emptySnapshot, shop} from '../../test/tui/shop.ts'
import type {History} from '../monitors/history.ts'
import type {Point} from '../monitors/sample.ts'
import {shownSeries} from './shown-series.ts'

const NOW = 1_700_000_000_000
const [job] = shop.heartbeats

/** What was read of which target; each probe has all of the measurements. */
function charts(snapshot: Partial<typeof shop>) {
  const read: string[] = []
  const point = (at: number): Point => ({
    at,
    status: 'up',
    latencyMs: 5,
    values: {requestsPerSecond: 40, sinceSuccessMs: 7000},
  })
  const history = {
    points: (target: string) => {
      read.push(target)
      return [point(NOW - 20_000), point(NOW - 10_000)]
    },
    rollups: () => [],
    lookUp: () => new Map(),
  } as unknown as History
  const series = shownSeries({
    history: () => history,
    clock: {now: () => NOW} as Parameters<typeof shownSeries>[0]['clock'],
    config: () => ({alerts: {maintenance: []}}) as unknown as ReturnType<Parameters<typeof shownSeries>[0]['config']>,
    targets: () => [],
    silences: () => [],
    environment: () => 'production',
    last: () => ({...emptySnapshot, ...snapshot}),
  })
  return {series, read}
}

test('of a release its requests are drawn, and of each of its servers as well', () => {
  const {series, read} = charts({releases: shop.releases})
  for (const [noun, name] of [
    ['releases', 'web'],
    ['servers', 'web/blue-1'],
  ] as const) {
    const drawn = series(noun, name, '5m')
    expect(drawn?.figure).toMatchObject({title: 'Requests a second'})
    expect(drawn?.values.filter(value => value !== undefined)).toEqual([40, 40])
  }
  expect(series('servers', 'other/blue-1', '5m')).toBeUndefined()
  // Read once: it was not probed again in between.
  expect(read).toEqual(['release/production/web'])
})

test('of a heartbeat it is drawn how long it is silent, and from when on it is missing', () => {
  if (job === undefined) throw new Error('the shop has no heartbeat')
  const {series, read} = charts({heartbeats: [{...job, missingAfterMs: 60_000}]})
  expect(series('heartbeats', 'invoices', '5m')?.figure).toMatchObject({limit: 60_000, worse: 'above'})
  expect(read).toEqual(['heartbeat/production/invoices'])
  expect(charts({heartbeats: [job]}).series('heartbeats', 'invoices', '5m')?.figure?.limit).toBeUndefined()
  expect(series('heartbeats', 'no such', '5m')).toBeUndefined()
})

test('a longer range than measurements are kept says so', () => {
  const {series} = charts({releases: shop.releases})
  expect(series('releases', 'web', '24h')?.missing).toMatch(/the last 2h are kept/)
})
