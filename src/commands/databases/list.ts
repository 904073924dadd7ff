import type {DatabaseRow} from '../../databases/rows.ts'
import {formatBytes} from '../../units/bytes.ts'
import {formatCount, formatShare} from '../../units/number.ts'
import {durationOrDash, orDash} from '../../units/or-dash.ts'
import type {Command} from '../command.ts'
import {alignColumns} from '../runs/table.ts'
import {ageWords, stateWords} from '../status/state-words.ts'

export const command: Command = {
  name: 'databases',
  summary: 'Show every database: connections, size, locks, replication, archiving',
  async run(_, context) {
    const {databases, at} = await context.snapshot()
    return {data: databases, text: databasesText(databases, at)}
  },
}

export function databasesText(rows: readonly DatabaseRow[], now: number): string {
  if (rows.length === 0) return 'No database is configured.'
  const head =
    'STATE,DATABASE,SINCE,LATENCY,CONNECTIONS,SIZE,CACHE HITS,LONGEST TX,WAITING,REPLICA LAG,ARCHIVED,VERSION,REASON'
  return alignColumns([head.split(','), ...rows.map(row => databaseCells(row, now))])
}

function databaseCells(row: DatabaseRow, now: number): readonly string[] {
  return [
    stateWords(row.state),
    row.name,
    ageWords(row.since, now),
    durationOrDash(row.latencyMs),
    row.connections === undefined ? '–' : `${row.connections}/${row.maxConnections ?? '?'}`,
    orDash(row.sizeBytes, formatBytes),
    orDash(row.cacheHitRatio, formatShare),
    durationOrDash(row.longestTransactionMs),
    orDash(row.locksWaiting, formatCount),
    durationOrDash(row.replicationLagMs),
    row.archiveLagMs === undefined ? '–' : `${durationOrDash(row.archiveLagMs)} ago`,
    row.version ?? '–',
    row.reason,
  ]
}
