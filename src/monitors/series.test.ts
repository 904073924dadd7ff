import {describe, expect, test} from 'vitest'
import {SPANS} from './history.ts'
import {countPoint, emptyHistogram} from './histogram.ts'
import type {Point, TargetId} from './sample.ts'
import {inAtMost, latencySeries} from './series.ts'

const NOW = 1_700_000_000_000 - (1_700_000_000_000 % SPANS.hour)
const INTERVAL = 10_000

function history(points: readonly Point[], latency = 40) {
  const histogram = emptyHistogram()
  for (let count = 0; count < 20; count++) countPoint(histogram, 'up', latency)
  const asked: number[] = []
  return {
    asked,
    points: (_target: string, since: number) => points.filter(({at}) => at > since),
    rollups: (target: TargetId, span: (typeof SPANS)[keyof typeof SPANS], since: number) => {
      asked.push(since)
      return [1, 2, 5].map(back => ({target, span, start: NOW - back * span, histogram}))
    },
  } as const
}
const probe = (at: number, latencyMs: number, status: Point['status'] = 'up'): Point => ({at, latencyMs, status})

describe('latencies over time', () => {
  test('the last minutes have a value a probe; what failed or is missing is a gap', () => {
    const points = [
      probe(NOW - 50_000, 5),
      probe(NOW - 40_000, 90, 'down'),
      probe(NOW - 20_000, 7),
      probe(NOW - 10_000, 6),
    ]
    const series = latencySeries(history(points), 'service/production/web', {
      range: '5m',
      now: NOW,
      intervalMs: INTERVAL,
    })
    expect(series.stepMs).toBe(INTERVAL)
    expect(series.values.slice(-5)).toEqual([5, undefined, undefined, 7, 6])
    expect(series.at).toBe(NOW)
  })

  test('of an hour the slowest probe of each step is kept, whatever falls into it', () => {
    const points = Array.from({length: 3600}, (_, second) => probe(NOW - second * 1000, second === 65 ? 900 : 10))
    const {values} = latencySeries(history(points), 'service/production/web', {range: '1h', now: NOW, intervalMs: 1000})
    expect(values.length).toBeLessThanOrEqual(120)
    expect(values.filter(value => value === 900)).toHaveLength(1)
  })

  test.each([
    ['24h', SPANS.fiveMinutes, 288],
    ['7d', SPANS.hour, 168],
  ] as const)('%s are 95th percentiles, with gaps where nobody probed', (range, span, most) => {
    const {values, stepMs} = latencySeries(history([]), 'service/production/web', {
      range,
      now: NOW,
      intervalMs: INTERVAL,
    })
    expect(stepMs).toBe(span)
    expect(values.length).toBeLessThanOrEqual(most)
    expect(values.slice(-5).map(value => value && Math.round(value))).toEqual([40, undefined, undefined, 40, 40])
  })
})

test('many values are drawn as the worst of each group, and the time stays', () => {
  const values = [1, 2, undefined, undefined, undefined, 9, 3, 4, 5]
  const {values: drawn, stepMs, at} = inAtMost({values, at: NOW, stepMs: 1000}, 4)
  expect(drawn).toEqual([2, 9, 5])
  expect([stepMs, at]).toEqual([3000, NOW])
  expect(inAtMost({values, at: NOW, stepMs: 1000}, 9).values).toBe(values)
})
