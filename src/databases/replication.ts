import type {Row} from '../connections/postgres/kept.ts'
import type {Check} from '../monitors/sample.ts'
import {formatBytes} from '../units/bytes.ts'
import {formatDuration} from '../units/duration.ts'

/**
 * What a server says of those that copy it, or of the one that it copies. Every view may be read by any role; what a
 * role without pg_monitor may not see is null there. `receivers` counts rows, so it holds without it too.
 */
export const REPLICATION_COLUMNS = `
  (select count(*) from pg_stat_wal_receiver) as receivers,
  (select extract(epoch from clock_timestamp() - last_msg_receipt_time) * 1000 from pg_stat_wal_receiver) as receipt_age_ms,
  (select setting::float8 * case unit when 's' then 1000 when 'min' then 60000 else 1 end from pg_settings
    where name = 'wal_receiver_timeout') as receiver_timeout_ms,
  (select setting = '' from pg_settings where name = 'primary_conninfo') as follows_archive,
  case when pg_is_in_recovery() then pg_is_wal_replay_paused() end as replay_paused,
  case when pg_is_in_recovery() then extract(epoch from clock_timestamp() - pg_last_xact_replay_timestamp()) * 1000 end
    as replay_age_ms,
  pg_last_wal_receive_lsn() is not distinct from pg_last_wal_replay_lsn() as all_replayed,
  (select json_agg(application_name) from pg_stat_replication where state = 'streaming')::text as standby_names,
  (select extract(epoch from max(replay_lag)) * 1000 from pg_stat_replication) as standby_lag_ms,
  (select json_agg(json_build_object('name', slot_name, 'bytes', case when pg_is_in_recovery() then null
     else pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn) end)) from pg_replication_slots
    where not active and not temporary)::text as idle_slots`

/** What replication adds to a finding: its checks, its lag, and what this server is. */
export interface Replication {
  readonly role: 'primary' | 'standby'
  readonly checks: readonly Check[]
  /** Undefined: the server does not tell. Never 0 for what is not known. */
  readonly lagMs: number | undefined
}

/** From a row of `REPLICATION_COLUMNS` with `standby` and `sees_all`. Pure. */
export function readReplication(row: Row, wanted: readonly string[]): Replication {
  const standby = isTrue(row['standby'])
  const slots = idleSlots(row['idle_slots'])
  return standby
    ? {role: 'standby', checks: [standbyCheck(row), ...slots], lagMs: standbyLag(row)}
    : {role: 'primary', checks: [...standbysCheck(row, wanted), ...slots], lagMs: numberOf(row['standby_lag_ms'])}
}

/** A standby without a receiver gets nothing any more, however little it knows to be missing. */
function standbyCheck(row: Row): Check {
  const replayed = numberOf(row['replay_age_ms'])
  const last = replayed === undefined ? 'nothing replayed yet' : `last change replayed ${formatDuration(replayed)} ago`
  const degraded = (detail: string): Check => ({name: 'replication', status: 'degraded', detail})
  if (isTrue(row['replay_paused'])) return degraded(`replay is paused; ${last}`)
  if (numberOf(row['receivers']) === 0)
    return isTrue(row['follows_archive'])
      ? {name: 'replication', status: 'up', detail: `follows an archive; ${last}`}
      : degraded(`no WAL receiver: cut off from its primary; ${last}`)
  const [silent, timeout] = [numberOf(row['receipt_age_ms']), numberOf(row['receiver_timeout_ms'])]
  // It asks for a sign of life after half of the timeout; who has not answered by three quarters is not there.
  if (silent !== undefined && timeout !== undefined && timeout > 0 && silent > timeout * 0.75)
    return degraded(`nothing received for ${formatDuration(silent)}; ${last}`)
  return {name: 'replication', status: 'up', detail: `receives; ${last}`}
}

/** Since the last receipt where it has gone quiet, since the last replayed change where it is behind or cut off. */
function standbyLag(row: Row): number | undefined {
  const replayed = numberOf(row['replay_age_ms'])
  if (numberOf(row['receivers']) === 0) return replayed
  if (!isTrue(row['all_replayed'])) return replayed
  const [silent, timeout] = [numberOf(row['receipt_age_ms']), numberOf(row['receiver_timeout_ms'])]
  if (silent === undefined) return undefined
  return timeout !== undefined && timeout > 0 && silent > timeout * 0.75 ? silent : 0
}

/** Those that the configuration names, by application_name (`primary_conninfo`, else `cluster_name`). */
function standbysCheck(row: Row, wanted: readonly string[]): readonly Check[] {
  if (wanted.length === 0) return []
  if (!isTrue(row['sees_all']))
    return [
      {name: 'standbys', status: 'degraded', detail: 'not seen: the role needs pg_monitor (GRANT pg_monitor TO it)'},
    ]
  const there = new Set(namesIn(row['standby_names']))
  const missing = wanted.filter(name => !there.has(name))
  return [
    missing.length === 0
      ? {name: 'standbys', status: 'up', detail: `${wanted.join(', ')} streaming`}
      : {name: 'standbys', status: 'degraded', detail: `${missing.join(', ')} not streaming`},
  ]
}

/** A slot that nobody reads holds WAL back until the disk is full. */
function idleSlots(text: string | null | undefined): readonly Check[] {
  const slots = listIn(text) as readonly {readonly name?: unknown; readonly bytes?: unknown}[]
  return slots.map(({name, bytes}) => ({
    name: `slot ${String(name)}`,
    status: 'degraded',
    detail: `inactive${typeof bytes === 'number' ? `, holds back ${formatBytes(Math.max(0, bytes))} of WAL` : ''}`,
  }))
}

const namesIn = (text: string | null | undefined): readonly string[] => listIn(text).map(String)

function listIn(text: string | null | undefined): readonly unknown[] {
  if (text == null) return []
  const parsed: unknown = JSON.parse(text)
  return Array.isArray(parsed) ? parsed : []
}

function numberOf(text: string | null | undefined): number | undefined {
  const value = text == null ? Number.NaN : Number(text)
  return Number.isFinite(value) ? value : undefined
}

const isTrue = (text: string | null | undefined): boolean => text === 't' || text === 'true'
