import type {Clock} from '../../units/clock.ts'

/** How long what was last confirmed surely lasts, as this host can know without asking. */
export interface Lease {
  /** Counted from when the request was sent: the server's time begins later. */
  begun(sent: Moment): void
  renewed(sent: Moment, step: string): void
  /** Time is left, and the server knows that a step was begun: then nobody takes it away without a person. */
  surelyHeld(): boolean
}

export interface Moment {
  readonly monotonic: number
  readonly wall: number
}

export const momentOf = (clock: Clock): Moment => ({monotonic: clock.monotonic(), wall: clock.now()})

export function openLease(clock: Clock, expiryMs: number): Lease {
  let since: Moment | undefined
  let noted = false
  return {
    begun: sent => {
      ;[since, noted] = [sent, false]
    },
    renewed: (sent, step) => {
      since = sent
      noted ||= step !== ''
    },
    // A tenth is left for clocks that do not go equally fast.
    surelyHeld: () => noted && since !== undefined && elapsed(since, clock) < expiryMs * 0.9,
  }
}

/** The monotonic clock stands still while a machine sleeps; then the wall clock tells. The longer of both is safe. */
const elapsed = (since: Moment, clock: Clock): number =>
  Math.max(clock.monotonic() - since.monotonic, clock.now() - since.wall)
