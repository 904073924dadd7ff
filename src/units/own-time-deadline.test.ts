import {afterEach, beforeEach, expect, test, vi} from 'vitest'
import {ownTimeDeadline} from './own-time-deadline.ts'

beforeEach(() => void vi.useFakeTimers({toFake: ['setInterval', 'clearInterval']}))
afterEach(() => void vi.useRealTimers())

/** A process that runs every `step` milliseconds only. */
function aborted(ms: number, step: number): number {
  let now = 0
  const {signal} = ownTimeDeadline(ms, () => now)
  for (let ticks = 1; ticks <= 10_000; ticks += 1) {
    now += step
    vi.advanceTimersByTime(50)
    if (signal.aborted) return now
  }
  return Number.POSITIVE_INFINITY
}

test('on an idle host it is the deadline', () => {
  expect(aborted(5_000, 50)).toBe(5_000)
})

test('time in which this process did not run is not counted against who was asked', () => {
  expect(aborted(5_000, 400)).toBe(20_000)
})

test('nobody waits longer than six times as long', () => {
  expect(aborted(5_000, 3_000)).toBe(30_000)
})

test('cleared, it never ends anything', () => {
  const {signal, clear} = ownTimeDeadline(100, () => 1_000_000)
  clear()
  vi.advanceTimersByTime(1_000)
  expect(signal.aborted).toBe(false)
})
