import type {Timers} from '../src/monitors/timers.ts'
import type {Clock} from '../src/units/clock.ts'

export interface FakeTime extends Clock, Timers {
  /** Moves time on, running what becomes due in order; promises settle between two timers. */
  advance(ms: number): Promise<void>
  /** Sets the wall clock without time passing. */
  jump(ms: number): void
  /** Time passes while nothing runs: a stalled event loop, a stopped process. */
  stall(ms: number): void
}

interface Due {
  readonly at: number
  readonly run: () => void
}

/** A clock and timers that only move when a test says so. */
export function fakeTime(start = 1_800_000_000_000): FakeTime {
  let monotonic = 0
  let offset = start
  const timers = new Set<Due>()
  const settle = async (): Promise<void> => {
    // Two turns of the event loop: whatever promises wait for each other is done by then.
    for (let turn = 0; turn < 2; turn += 1) await new Promise(resolve => setImmediate(resolve))
  }
  return {
    now: () => Math.floor(offset + monotonic),
    monotonic: () => monotonic,
    jump(ms) {
      offset += ms
    },
    stall(ms) {
      monotonic += ms
    },
    after(ms, run) {
      const due = {at: monotonic + Math.max(0, ms), run}
      timers.add(due)
      return () => timers.delete(due)
    },
    async advance(ms) {
      const end = monotonic + ms
      await settle()
      for (;;) {
        const next = [...timers].filter(due => due.at <= end).sort((a, b) => a.at - b.at)[0]
        if (next === undefined) break
        timers.delete(next)
        monotonic = Math.max(monotonic, next.at)
        next.run()
        await settle()
      }
      monotonic = Math.max(monotonic, end)
    },
  }
}
