import type {Counts, Look} from '../analysis/evidence.ts'
import type {Judge} from '../analysis/judge.ts'
import type {TrafficDriver, TrafficState} from '../traffic/traffic-driver.ts'

/** What is known of a canary between two looks, shared by the guard and the steps of its run. */
export interface Canary {
  readonly slot: string
  readonly judge: Judge
  /** One for all looks: a driver that counts from its first answer on would begin anew with each. */
  readonly traffic: TrafficDriver
  readonly probes: Probes
  before: TrafficState | undefined
  /** Since when the load balancer has not answered; undefined: it did. */
  silentSince: number | undefined
  beganAt: number | undefined
  /** When it last answered badly, on the clock of its looks. */
  badAt: number
  totals: {canary: Counts; stable: Counts}
  /** A step compares it and stops it by itself: the guard only looks on. */
  compared: boolean
  /** Looks come one after the other: counters that overtake each other would go back. */
  turn: Promise<unknown>
}

/** What our own requests to both sides found. They take as long as a sick canary wants, so they run beside the looks. */
export interface Probes {
  /** When the last ones began, of each kind; undefined: they are still under way. */
  healthAt: number | undefined
  timesAt: number | undefined
  /** Failed ones in a row, and what the last one found. */
  failed: number
  why: string
  /** The last ones failed at stable as well. */
  blind: boolean
  times: {canary: readonly number[]; stable: readonly number[]}
  /** Found, and counted by no look yet. */
  slow: Look | undefined
}
