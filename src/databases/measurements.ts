import type {Found} from '../connections/attempt.ts'
import type {Row} from '../connections/postgres/kept.ts'
import {
  COMMITS_WAIT_COLUMN,
  commitChecks,
  READ_ONLY_COLUMN,
  readOnlyChecks,
  SYNCHRONOUS_COLUMN,
} from '../connections/postgres/writes.ts'
import type {Check} from '../monitors/sample.ts'
import {formatDuration} from '../units/duration.ts'
import {formatShare} from '../units/number.ts'
import {readReplication, REPLICATION_COLUMNS} from './replication.ts'

/**
 * The measurements of H6 in one round trip, with views that any role may read. What a role may not see (other roles'
 * transactions need pg_monitor) is left out by the server, not an error; that a session is there, everybody may see.
 */
export const MEASUREMENTS_SQL = `select
  current_setting('server_version') as version,
  pg_is_in_recovery() as standby,
  pg_backend_pid() as backend,
  current_setting('max_connections')::int as max_connections,
  pg_has_role('pg_read_all_stats', 'usage') as sees_all,
  (select count(*) from pg_stat_activity where backend_type = 'client backend'
    or (backend_type is null and datid is not null and usesysid is not null)) as connections,
  pg_database_size(current_database()) as size_bytes,
  (select sum(blks_hit)::float8 / nullif(sum(blks_hit) + sum(blks_read), 0) from pg_stat_database
    where datname = current_database()) as cache_hit_ratio,
  case when pg_has_role('pg_read_all_stats', 'usage') then
    (select extract(epoch from max(clock_timestamp() - xact_start)) * 1000 from pg_stat_activity
    where xact_start is not null and pid <> pg_backend_pid() and backend_type = 'client backend') end as longest_transaction_ms,
  (select count(*) from pg_locks where not granted) as locks_waiting,
  ${REPLICATION_COLUMNS},
  ${READ_ONLY_COLUMN},
  ${COMMITS_WAIT_COLUMN},
  ${SYNCHRONOUS_COLUMN},
  current_setting('archive_mode') <> 'off' as archiving,
  (select extract(epoch from clock_timestamp() - last_archived_time) * 1000 from pg_stat_archiver) as archive_lag_ms,
  (select failed_count from pg_stat_archiver) as archive_failures,
  (select last_failed_time > coalesce(last_archived_time, '-infinity') from pg_stat_archiver) as archive_failing`

/** Names of the measurements in a sample's `values`; absent means that the server did not tell. */
const MEASUREMENTS = {
  connections: 'connections',
  maxConnections: 'max_connections',
  sizeBytes: 'size_bytes',
  cacheHitRatio: 'cache_hit_ratio',
  longestTransactionMs: 'longest_transaction_ms',
  locksWaiting: 'locks_waiting',
} as const

/** From when on something is wrong: a share of max_connections, and the standbys that there should be. */
export interface Limits {
  readonly connectionsAbove: number
  readonly standbys?: readonly string[]
  /** The session that we were given; the server knows it by another number behind a pooler. */
  readonly session?: number | undefined
}

/** A result from the row of `MEASUREMENTS_SQL`. */
export function readMeasurements(row: Row, {connectionsAbove, standbys = [], session}: Limits): Found {
  const values: Record<string, number> = {}
  for (const [name, column] of Object.entries(MEASUREMENTS)) put(values, name, row[column])
  if (isTrue(row['archiving'])) {
    put(values, 'archiveLagMs', row['archive_lag_ms'])
    put(values, 'archiveFailures', row['archive_failures'])
  }
  const replication = readReplication(row, standbys)
  if (replication.lagMs !== undefined) values['replicationLagMs'] = replication.lagMs
  const checks = [
    connectionCheck(values, connectionsAbove),
    ...archiveCheck(row, values),
    ...readOnlyChecks(row),
    ...commitChecks(row),
    ...replication.checks,
  ]
  const wrong = checks.filter(check => check.status !== 'up')
  const version = row['version']?.split(' ', 1)[0]
  const pooled = session !== undefined && row['backend'] != null && Number(row['backend']) !== session
  return {
    status: wrong.length > 0 ? 'degraded' : 'up',
    reason:
      wrong.length > 0
        ? wrong.map(check => `${check.name}: ${check.detail}`).join('; ')
        : `${replication.role}${pooled ? ' through a pooler' : ''}${isTrue(row['sees_all']) ? '' : UNSEEN}`,
    checks,
    values,
    ...(version === undefined ? {} : {version}),
  }
}

/** What the server keeps to itself is left out and named, so that nobody takes its absence for calm. */
const UNSEEN = ', without pg_monitor: transactions of other roles and lag of standbys are not seen'

function put(values: Record<string, number>, name: string, text: string | null | undefined): void {
  const value = text == null ? Number.NaN : Number(text)
  if (Number.isFinite(value)) values[name] = value
}

const isTrue = (text: string | null | undefined): boolean => text === 't' || text === 'true'

function connectionCheck(values: Readonly<Record<string, number>>, above: number): Check {
  const {connections, maxConnections} = values
  if (connections === undefined || maxConnections === undefined || maxConnections <= 0)
    return {name: 'connections', status: 'degraded', detail: 'the server does not say how many there are'}
  const used = connections / maxConnections
  return {
    name: 'connections',
    status: used > above ? 'degraded' : 'up',
    detail: `${connections} of ${maxConnections} (${formatShare(used)})`,
  }
}

/** Archiving that fails now loses the recovery window, long before the disk with WAL is full. */
function archiveCheck(row: Row, values: Readonly<Record<string, number>>): readonly Check[] {
  if (!isTrue(row['archiving'])) return []
  const lag = values['archiveLagMs']
  const last = lag === undefined ? 'nothing archived yet' : `last segment ${formatDuration(lag)} ago`
  return isTrue(row['archive_failing'])
    ? [{name: 'archiving', status: 'degraded', detail: `failing, ${last}`}]
    : [{name: 'archiving', status: 'up', detail: last}]
}
