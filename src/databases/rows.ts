import type {WatchedRow} from '../monitors/rows.ts'

export interface DatabaseRow extends WatchedRow {
  readonly address: string
  readonly latencyMs: number | undefined
  readonly connections: number | undefined
  /** Of the last probes, newest last; undefined is a gap. */
  readonly connectionsHistory?: readonly (number | undefined)[]
  readonly maxConnections: number | undefined
  readonly sizeBytes: number | undefined
  /** Share of blocks found in the buffer cache. */
  readonly cacheHitRatio: number | undefined
  readonly longestTransactionMs: number | undefined
  readonly locksWaiting: number | undefined
  readonly replicationLagMs: number | undefined
  /** Age of the last archived WAL segment; undefined when archiving is off. */
  readonly archiveLagMs: number | undefined
  readonly archiveFailures: number | undefined
  readonly version: string | undefined
}
