import {addressOfRef} from '../connections/address.ts'
import type {WatchView} from '../monitors/rows.ts'
import type {DatabaseRow} from './rows.ts'
import type {PlacedDatabase} from './target.ts'

/** One row for each configured database, from the monitor's view. */
export function databaseRows(
  config: {readonly databases: readonly PlacedDatabase[]},
  view: WatchView,
): readonly DatabaseRow[] {
  return config.databases.map(database => {
    const {environment, name, interval} = database
    const {row, sample} = view({kind: 'database', environment, name, intervalMs: interval})
    const values = sample?.values ?? {}
    const {address} = (sample?.detail ?? {}) as {readonly address?: unknown}
    return {
      ...row,
      address: typeof address === 'string' ? address : addressOfRef(database.url),
      latencyMs: sample?.status === 'down' ? undefined : sample?.latencyMs,
      connections: values['connections'],
      maxConnections: values['maxConnections'],
      sizeBytes: values['sizeBytes'],
      cacheHitRatio: values['cacheHitRatio'],
      longestTransactionMs: values['longestTransactionMs'],
      locksWaiting: values['locksWaiting'],
      replicationLagMs: values['replicationLagMs'],
      archiveLagMs: values['archiveLagMs'],
      archiveFailures: values['archiveFailures'],
      version: sample?.version,
    }
  })
}
