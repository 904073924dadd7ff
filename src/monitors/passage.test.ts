import {expect, test} from 'vitest'
import {createPassage} from './passage.ts'

test('a clock that is set moves by whole milliseconds, though the other clock has fractions: moments are kept as integers', () => {
  let [now, monotonic] = [1_800_000_000_000, 10.25]
  const passage = createPassage({now: () => now, monotonic: () => monotonic}, 2000)
  now += 3_600_000 + 1000
  monotonic += 1000.6
  const {stepMs, pausedMs} = passage.check()
  expect(Number.isInteger(stepMs)).toBe(true)
  expect([Math.round(stepMs / 10) * 10, pausedMs]).toEqual([3_600_000, 0])
  now += 1000
  monotonic += 1000.2
  expect(passage.check()).toEqual({stepMs: 0, pausedMs: 0})
})
