import * as fc from 'fast-check'
import {expect, test} from 'vitest'
import {
  addHistogram,
  countPoint,
  decodeBins,
  emptyHistogram,
  encodeBins,
  measurementsOf,
  percentiles,
} from './histogram.ts'

const byBin = ([a]: readonly [number, number], [b]: readonly [number, number]): number => a - b

const histogramOf = (latencies: readonly number[]) => {
  const histogram = emptyHistogram()
  for (const latency of latencies) countPoint(histogram, 'up', latency)
  return histogram
}

test('percentiles are within three percent of the nearest rank', () => {
  const latencies = fc.array(fc.double({min: 0.2, max: 60_000, noNaN: true}), {minLength: 1, maxLength: 300})
  fc.assert(
    fc.property(latencies, fc.constantFrom(0.5, 0.95, 0.99), (values, rank) => {
      const exact = [...values].sort((a, b) => a - b)[Math.max(1, Math.ceil(values.length * rank)) - 1] ?? 0
      const [near = 0] = percentiles(histogramOf(values), [rank])
      return Math.abs(near - exact) <= exact * 0.031
    }),
    {seed: 1, numRuns: 300},
  )
})

test('bins survive their encoding, and merging is the same as counting together', () => {
  const values = fc.array(fc.double({min: 0, max: 1e6, noNaN: true}), {maxLength: 500})
  fc.assert(
    fc.property(values, values, (first, second) => {
      const merged = histogramOf(first)
      addHistogram(merged, {...histogramOf(second), bins: decodeBins(encodeBins(histogramOf(second).bins))})
      expect(new Map([...merged.bins].sort(byBin))).toEqual(
        new Map([...histogramOf([...first, ...second]).bins].sort(byBin)),
      )
    }),
    {seed: 1, numRuns: 100},
  )
  expect(decodeBins(encodeBins(new Map([[3, 1_000_000]])))).toEqual(new Map([[3, 1_000_000]]))
})

test('uptime counts what answered, latency only what answered, nothing is undefined', () => {
  const histogram = emptyHistogram()
  for (const [status, latency] of [
    ['up', 10],
    ['degraded', 10],
    ['down', 5000],
    ['up', 10],
  ] as const)
    countPoint(histogram, status, latency)
  const measurements = measurementsOf('5m', histogram)
  expect(measurements).toMatchObject({samples: 4, uptime: 0.75, errorRate: 0.25})
  expect(measurements.p99).toBeLessThan(11)
  expect(measurementsOf('1h', emptyHistogram())).toEqual({
    window: '1h',
    samples: 0,
    uptime: undefined,
    errorRate: undefined,
    p50: undefined,
    p95: undefined,
    p99: undefined,
  })
})
