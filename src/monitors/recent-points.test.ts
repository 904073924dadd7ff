import {expect, test} from 'vitest'
import {decodePoints, encodePoints} from './recent-points.ts'
import type {Point} from './sample.ts'

const NOW = 1_764_000_000_000

test('points come back as they were, to a hundredth of a millisecond', () => {
  const points: Point[] = [
    {at: NOW, status: 'up', latencyMs: 0},
    {at: NOW + 1_000, status: 'down', latencyMs: 5_000.25},
    {at: NOW + 31_000, status: 'degraded', latencyMs: 86_400_000},
    // The clock was set back by a day.
    {at: NOW - 86_400_000, status: 'up', latencyMs: 1.23},
    {at: NOW - 86_400_000, status: 'up', latencyMs: 1.23},
  ]
  expect(decodePoints(encodePoints(points) ?? new Uint8Array())).toEqual(points)
  expect(decodePoints(encodePoints([]) ?? new Uint8Array([1]))).toEqual([])
})

test('sixty probes of thirty seconds take no more than six bytes each', () => {
  const points = Array.from(
    {length: 60},
    (_, n) => ({at: NOW + n * 30_000, status: 'up', latencyMs: n}) satisfies Point,
  )
  expect(encodePoints(points)?.length).toBeLessThan(60 * 6 + 8)
})

test('points with measurements have no such form', () => {
  expect(encodePoints([{at: NOW, status: 'up', latencyMs: 1, values: {hitRate: 0.9}}])).toBeUndefined()
})
