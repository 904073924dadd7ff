import type {Latency} from './latency.ts'

/** One instance of a slot as it is now. */
export interface InstanceView {
  readonly id: string
  readonly slot: string
  readonly host: string
  readonly url: string
  /** Health path, so that `ops.healthy(instance)` knows where to ask. */
  readonly health: string
  /** The version that the instance itself answers; undefined when it does not answer. */
  readonly version: string | undefined
  readonly state: 'up' | 'down'
  readonly reason: string
}

/** One slot as it is now. The same world gives the same view: no counters, no times, fit for facts. */
export interface SlotView {
  readonly name: string
  /** live: takes traffic · draining: only finishes requests · idle · mixed: some of each. */
  readonly role: 'live' | 'draining' | 'idle' | 'mixed' | 'no data'
  /** What all its instances answer; undefined when they differ or one does not answer. */
  readonly version: string | undefined
  readonly instances: readonly InstanceView[]
}

/** Whether the version before is still there to be switched to, and what would not come back with it (R3). */
export interface RollbackReadiness {
  readonly ready: boolean
  readonly slot: string | undefined
  readonly version: string | undefined
  readonly reason: string
  readonly stays: readonly string[]
}

/** How a watch ended. nothing seen, inconclusive: too few requests to prove anything, which is not the same as good. */
export interface WatchResult {
  readonly verdict: 'good' | 'bad' | 'nothing seen' | 'inconclusive'
  readonly reason: string
  readonly requests: number
  readonly errors: number
  readonly ms: number
  /** What requests of our own took, side by side; left out where the slot before did not answer. */
  readonly latency?: {readonly before: Latency; readonly now: Latency}
}
