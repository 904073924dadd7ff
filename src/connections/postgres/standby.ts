import type {Check} from '../../monitors/sample.ts'
import {formatDuration} from '../../units/duration.ts'
import type {Row} from './kept.ts'

/**
 * What a standby says of the one that it copies, to any role; what one without pg_monitor may not see is null.
 * `receivers` counts rows, so it holds without it too.
 */
export const STANDBY_COLUMNS = `
  (select count(*) from pg_stat_wal_receiver) as receivers,
  (select extract(epoch from clock_timestamp() - last_msg_receipt_time) * 1000 from pg_stat_wal_receiver) as receipt_age_ms,
  (select setting::float8 * case unit when 's' then 1000 when 'min' then 60000 else 1 end from pg_settings
    where name = 'wal_receiver_timeout') as receiver_timeout_ms,
  (select setting = '' from pg_settings where name = 'primary_conninfo') as follows_archive,
  case when pg_is_in_recovery() then pg_is_wal_replay_paused() end as replay_paused,
  case when pg_is_in_recovery() then extract(epoch from clock_timestamp() - pg_last_xact_replay_timestamp()) * 1000 end
    as replay_age_ms,
  case when pg_is_in_recovery() then pg_last_wal_receive_lsn() is not distinct from pg_last_wal_replay_lsn() end
    as all_replayed`

/** A standby without a receiver gets nothing any more, however little it knows to be missing. */
export function standbyCheck(row: Row): Check {
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

/** Undefined where the server does not tell. Since the last receipt where it has gone quiet, since the last replayed change where it is behind or cut off. */
export function standbyLag(row: Row): number | undefined {
  const replayed = numberOf(row['replay_age_ms'])
  if (numberOf(row['receivers']) === 0) return replayed
  if (!isTrue(row['all_replayed'])) return replayed
  const [silent, timeout] = [numberOf(row['receipt_age_ms']), numberOf(row['receiver_timeout_ms'])]
  if (silent === undefined) return undefined
  return timeout !== undefined && timeout > 0 && silent > timeout * 0.75 ? silent : 0
}

export function numberOf(text: string | null | undefined): number | undefined {
  const value = text == null ? Number.NaN : Number(text)
  return Number.isFinite(value) ? value : undefined
}

export const isTrue = (text: string | null | undefined): boolean => text === 't' || text === 'true'
