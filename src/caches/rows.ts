import type {WatchedRow} from '../monitors/rows.ts'

/** One row of the namespace table (C2). */
export interface NamespaceRow {
  readonly pattern: string
  readonly keys: number
  /** Undefined: not measured yet. */
  readonly bytes: number | undefined
  /** Declared time to live. */
  readonly ttlMs: number | undefined
  /** Keys with no TTL, or one longer than declared. Undefined: not measured. */
  readonly overdue: number | undefined
  readonly hitRate: number | undefined
  /** Time left of the measured keys that expire at all. */
  readonly ttlSpread?: {readonly shortestMs: number; readonly longestMs: number}
}

export interface CacheRow extends WatchedRow {
  readonly address: string
  /** Of applications, over their last 100 lookups or more; since server start when there was no probe before. */
  readonly hitRate: number | undefined
  /** Commands of applications on keys; PING, INFO and the like are none. */
  readonly opsPerSecond: number | undefined
  readonly usedBytes: number | undefined
  /** 0: no limit. */
  readonly maxBytes: number | undefined
  readonly fragmentation: number | undefined
  readonly evictedPerSecond: number | undefined
  readonly clients: number | undefined
  readonly keys: number | undefined
  readonly role: string | undefined
  readonly persistence: string | undefined
  readonly slowlogLength: number | undefined
  readonly version: string | undefined
  readonly namespaces: readonly NamespaceRow[]
  /** When the namespaces were counted, and whether exactly. */
  readonly counted: {readonly at: number; readonly exact: boolean; readonly errorBound: number} | undefined
  /** Commands that this role may not run: what they would tell is left out. */
  readonly refused: readonly string[]
  readonly hitRateHistory: readonly (number | undefined)[]
}
