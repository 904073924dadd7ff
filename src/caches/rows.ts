import type {WatchedRow} from '../monitors/rows.ts'

/** One row of the namespace table (C2). */
export interface NamespaceRow {
  readonly pattern: string
  readonly keys: number
  /** Undefined: not measured yet. */
  readonly bytes: number | undefined
  /** Declared time to live. */
  readonly ttlMs: number | undefined
  /** Keys with no TTL, or one longer than declared. */
  readonly overdue: number
  readonly hitRate: number | undefined
  /** Time left of the measured keys that expire at all. */
  readonly ttlSpread?: {readonly shortestMs: number; readonly longestMs: number}
}

export interface CacheRow extends WatchedRow {
  readonly address: string
  /** Since the previous probe; since server start when there was none. */
  readonly hitRate: number | undefined
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
  readonly hitRateHistory: readonly (number | undefined)[]
}
