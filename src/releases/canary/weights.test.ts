import {expect, test} from 'vitest'
import {type Weights, weightsFor} from './weights.ts'

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
  const alike = (count: number) => Array.from({length: count}, () => 1)
  const weights = weightsFor(percent, {canary: alike(canary), stable: alike(stable)})
  expect(Math.abs(shareOf(weights) - percent / 100)).toBeLessThan(0.001)
  for (const weight of [...weights.canary, ...weights.stable]) {
    expect(weight).toBeGreaterThanOrEqual(1)
    expect(weight).toBeLessThanOrEqual(256)
  }
  expect([new Set(weights.canary).size, new Set(weights.stable).size]).toEqual([1, 1])
})

const sumOf = (all: readonly number[]) => all.reduce((sum, one) => sum + one, 0)
const shareOf = ({canary, stable}: Weights) => sumOf(canary) / (sumOf(canary) + sumOf(stable))

test.each([
  [5, [10, 30], [10, 30]],
  [50, [10, 30], [10, 30]],
  [25, [1, 4], [100, 100, 50]],
  [1, [256, 1], [7, 3]],
  [95, [10, 30], [10, 30]],
])('%i %% of servers that are not alike: %j beside %j stay as unlike as they are', (percent, canary, stable) => {
  const weights = weightsFor(percent, {canary, stable})
  expect(Math.abs(shareOf(weights) - percent / 100)).toBeLessThan(0.01)
  const parts = (all: readonly number[]) => all.map(one => one / sumOf(all))
  for (const [own, now] of [
    [canary, weights.canary],
    [stable, weights.stable],
  ] as const)
    parts(own).forEach((part, at) =>
      expect(Math.abs(part - (parts(now)[at] ?? 0))).toBeLessThan(percent < 5 ? 0.35 : 0.06),
    )
})
