import {expect, test} from 'vitest'
import {addHistogram, countPoint, emptyHistogram, measurementsOf} from './histogram.ts'

const histogramOf = (points: readonly (readonly ['up' | 'degraded' | 'down', number])[]) => {
  const histogram = emptyHistogram()
  for (const [status, latency] of points) countPoint(histogram, status, latency)
  return histogram
}

test('uptime counts what answered; percentiles are given without failed probes and with them', () => {
  const measurements = measurementsOf(
    '5m',
    histogramOf([
      ['up', 10],
      ['degraded', 10],
      ['down', 5000],
      ['up', 10],
    ]),
  )
  expect(measurements).toMatchObject({samples: 4, uptime: 0.75, errorRate: 0.25})
  expect(measurements.p99).toBeCloseTo(10, 0)
  expect(measurements.withFailed?.p50).toBeCloseTo(10, 0)
  expect(Math.abs((measurements.withFailed?.p99 ?? 0) - 5000)).toBeLessThanOrEqual(50)
})

test('of only failed probes there is no latency but theirs', () => {
  expect(measurementsOf('5m', histogramOf([['down', 100]]))).toMatchObject({
    p50: undefined,
    uptime: 0,
    withFailed: {p50: expect.closeTo(100, -1)},
  })
})

test('of nothing, everything is undefined', () => {
  const nothing = {p50: undefined, p95: undefined, p99: undefined}
  expect(measurementsOf('1h', emptyHistogram())).toEqual({
    window: '1h',
    samples: 0,
    uptime: undefined,
    errorRate: undefined,
    ...nothing,
    withFailed: nothing,
  })
})

test('merging is the same as counting together', () => {
  const first = [
    ['up', 3],
    ['down', 900],
  ] as const
  const second = [
    ['degraded', 400],
    ['down', 900],
    ['up', 3],
  ] as const
  const merged = histogramOf(first)
  addHistogram(merged, histogramOf(second))
  expect(merged).toEqual(histogramOf([...first, ...second]))
})
