import type {Clock} from '../units/clock.ts'
import type {Timers} from './timers.ts'

/** How often it is looked whether the event loop is on time; a stall is measured to this much. */
const TICK_MS = 50
/** Timers are a little late always. */
const USUAL_LATENESS_MS = 10

/** How long the event loop of this process stood still, measured while probes run: that time is not their target's. */
export interface StallMeter {
  /** A probe begins; the returned function ends it and says for how many milliseconds the loop stood still meanwhile. */
  begin(): () => number
}

export function createStallMeter(clock: Clock, timers: Timers): StallMeter {
  let running = 0
  let total = 0
  let last = 0
  let forget: () => void = () => undefined

  const lateness = (): number => {
    const late = clock.monotonic() - last - TICK_MS
    return late > USUAL_LATENESS_MS ? late : 0
  }
  const arm = (): void => {
    last = clock.monotonic()
    forget = timers.after(TICK_MS, () => {
      total += lateness()
      arm()
    })
  }
  return {
    begin() {
      running += 1
      if (running === 1) arm()
      const before = total + lateness()
      return () => {
        // What this answer came out of may have stood before it in the same turn of the loop: no timer has seen it yet.
        const stalled = total + lateness() - before
        running -= 1
        if (running === 0) forget()
        return Math.max(0, stalled)
      }
    },
  }
}
