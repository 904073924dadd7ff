import type {Row} from '../connections/postgres/kept.ts'
import {isTrue, numberOf, STANDBY_COLUMNS, standbyCheck, standbyLag} from '../connections/postgres/standby.ts'
import type {Check} from '../monitors/sample.ts'
import {formatBytes} from '../units/bytes.ts'

/**
 * What a server says of those that copy it, or of the one that it copies. Every view may be read by any role; what a
 * role without pg_monitor may not see is null there.
 */
export const REPLICATION_COLUMNS = `
  ${STANDBY_COLUMNS},
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
