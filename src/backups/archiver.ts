import type {Conninfo} from '../connections/postgres/conninfo.ts'
import {withSession} from '../connections/postgres/session.ts'
import type {LogStream, LogStreams} from './receivers.ts'

/** What the live server says of its archive. */
export interface Archiver {
  /** A failure that no success has followed: its time. */
  readonly failingSince: number | undefined
  readonly failures: number
  readonly systemIdentifier: string
  /** Position up to which it has written, or replayed. */
  readonly lsn: string
  readonly mode: string
  /** After so long a segment with anything of worth in it is ended and archived; 0: when it is full. */
  readonly timeoutMs: number
  /** Since that position no transaction has ended: a checkpoint began there, and its next transaction is still the next. */
  readonly quietSince: string
  readonly log: LogStreams
}

/** Raises `database/unreachable`. */
export async function readArchiver(connection: Conninfo, signal: AbortSignal): Promise<Archiver> {
  return withSession(connection, signal, async client => {
    const {rows} = await client.query<{
      failing: string | null
      failures: string
      system: string
      lsn: string
      mode: string
      timeout: number
      quiet: string | null
      end: string | null
      commits: string
      seen: boolean
      streams: readonly LogStream[] | null
    }>(
      `SELECT CASE WHEN last_failed_time > coalesce(last_archived_time, '-infinity')
           THEN (extract(epoch FROM last_failed_time) * 1000)::bigint::text END AS failing,
         failed_count::text AS failures, current_setting('archive_mode') AS mode,
         (SELECT system_identifier::text FROM pg_control_system()) AS system,
         CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END::text AS lsn,
         CASE WHEN pg_is_in_recovery() THEN pg_last_wal_receive_lsn() ELSE pg_current_wal_flush_lsn() END::text AS end,
         (SELECT setting::int * 1000 FROM pg_settings WHERE name = 'archive_timeout') AS timeout,
         CASE WHEN NOT pg_is_in_recovery() THEN (SELECT redo_lsn::text FROM pg_control_checkpoint(),
           LATERAL (SELECT split_part(next_xid, ':', 1)::bigint AS epoch, split_part(next_xid, ':', 2)::bigint AS xid) n
           WHERE oldest_active_xid::text = xid::text
             AND epoch * 4294967296 + xid = txid_snapshot_xmax(txid_current_snapshot())) END AS quiet,
         current_setting('synchronous_commit') AS commits,
         pg_has_role('pg_read_all_stats', 'usage') AS seen,
         (SELECT json_agg(json_build_object('name', application_name, 'state', state, 'sync', sync_state,
           'flushed', flush_lsn::text)) FROM pg_stat_replication) AS streams
       FROM pg_stat_archiver`,
    )
    const [row] = rows
    return {
      failingSince: row?.failing == null ? undefined : Number(row.failing),
      failures: Number(row?.failures ?? 0),
      systemIdentifier: row?.system ?? '',
      lsn: row?.lsn ?? '',
      mode: row?.mode ?? 'off',
      timeoutMs: row?.timeout ?? 0,
      quietSince: row?.quiet ?? '',
      log: {
        end: row?.end ?? '',
        commits: row?.commits ?? '',
        seen: row?.seen === true,
        streams: row?.streams ?? [],
      },
    }
  })
}
