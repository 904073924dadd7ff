import type {Clock} from '../units/clock.ts'

/** What happened to time between two ticks of the monitor, beyond the tick. */
export interface Passage {
  /** By how much the wall clock was set. A suspended machine looks like a clock that was set forward. */
  readonly stepMs: number
  /** For how long this process did not run. */
  readonly pausedMs: number
}

/** Smaller corrections are the everyday work of a time server, and change no decision. */
const STEP_MS = 1_000
const LATE_MS = 1_500

/**
 * Compares the two clocks at each tick. `tickMs` is the longest time between two checks while this process runs.
 */
export function createPassage(clock: Clock, tickMs: number): {check(): Passage} {
  let monotonic = clock.monotonic()
  let offset = clock.now() - monotonic
  return {
    check() {
      const elapsed = clock.monotonic() - monotonic
      monotonic += elapsed
      const step = Math.round(clock.now() - monotonic - offset)
      const set = Math.abs(step) >= STEP_MS
      if (set) offset += step
      const late = elapsed - tickMs
      return {stepMs: set ? step : 0, pausedMs: late > LATE_MS ? late : 0}
    },
  }
}
