import {expect, test} from 'vitest'
import {weightsFor} from './weights.ts'

test.each([
  [5, 2, 2],
  [25, 2, 2],
  [50, 2, 2],
  [10, 1, 3],
  [1, 2, 2],
  [99, 2, 2],
  [5, 4, 2],
  [33, 3, 5],
])('%i %% for %i servers beside %i is met within a tenth of a percent', (percent, canary, stable) => {
  const weights = weightsFor(percent, {canary, stable})
  const share = (weights.canary * canary) / (weights.canary * canary + weights.stable * stable)
  expect(Math.abs(share - percent / 100)).toBeLessThan(0.001)
  for (const weight of Object.values(weights)) {
    expect(weight).toBeGreaterThanOrEqual(1)
    expect(weight).toBeLessThanOrEqual(256)
  }
})
