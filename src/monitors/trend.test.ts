import {expect, test} from 'vitest'
import {formatTrend, latencyTrend} from './trend.ts'

const measured = (p95: number | undefined, samples = 100) => ({
  p50: p95,
  p95,
  p99: p95,
  samples,
  uptime: 1,
  errorRate: 0,
})

test('a trend compares with the week before, where both have enough probes', () => {
  expect(latencyTrend({...measured(12), weekBefore: measured(10)})).toBeCloseTo(0.2)
  for (const few of [
    measured(12),
    {...measured(12), weekBefore: measured(10, 9)},
    {...measured(12, 9), weekBefore: measured(10)},
    {...measured(undefined), weekBefore: measured(10)},
    {...measured(12), weekBefore: measured(undefined)},
  ])
    expect(latencyTrend(few)).toBeUndefined()
})

test('a trend is short, with its sign', () => {
  expect([0.2, -0.034, 0, 1.99, 2.4, 41, undefined].map(formatTrend)).toEqual([
    '+20%',
    '-3%',
    '0%',
    '+199%',
    '3.4x',
    '42x',
    '–',
  ])
})
