import {addressOfRef} from '../connections/address.ts'
import type {Watch, WatchView} from '../monitors/rows.ts'
import type {DatabaseRow} from './rows.ts'
import type {PlacedDatabase} from './target.ts'

/** One row for each configured database, from the monitor's view. */
export function databaseRows(
  config: {readonly databases: readonly PlacedDatabase[]},
  view: WatchView,
  historyOf: Watch['measurements'] = () => [],
): readonly DatabaseRow[] {
  return config.databases.map(database => {
    const {environment, name, interval} = database
    const target = {kind: 'database', environment, name, intervalMs: interval} as const
    const {row, sample} = view(target)
    const values = sample?.values ?? {}
    const {address} = (sample?.detail ?? {}) as {readonly address?: unknown}
    return {
      ...row,
      address: typeof address === 'string' ? address : addressOfRef(database.url),
      latencyMs: sample?.status === 'down' ? undefined : sample?.latencyMs,
      connections: values['connections'],
      connectionsHistory: historyOf(target, 'connections'),
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
