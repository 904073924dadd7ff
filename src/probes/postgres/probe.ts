import {addressOfRef} from '../../connections/address.ts'
import {attemptProbe} from '../../connections/attempt.ts'
import type {Found} from '../../connections/attempt.ts'
import {FRESH_EVERY, keepPostgres} from '../../connections/postgres/kept.ts'
import type {Row} from '../../connections/postgres/kept.ts'
import type {Check} from '../../monitors/sample.ts'
import {formatDuration} from '../../units/duration.ts'
import type {Probe, ProbeTools} from '../probe.ts'
import type {PostgresProbeSpec} from './schema.ts'

/** The server stops a statement of ours at this age even when the console has gone. */
const STATEMENT_TIMEOUT_MS = 10_000

const INSPECT = `select current_setting('server_version') as version, pg_is_in_recovery() as standby,
  case when pg_is_in_recovery() and pg_last_wal_receive_lsn() is distinct from pg_last_wal_replay_lsn()
    then extract(epoch from now() - pg_last_xact_replay_timestamp()) * 1000 end as lag_ms`

/**
 * Up when the configured query succeeds; latency is the query's own, not the connection's. Every fifth probe comes over
 * a new session, its host's name looked up anew: down as well when nobody else is let in.
 */
export function openPostgresProbe(spec: PostgresProbeSpec, {clock, secret}: ProbeTools): Probe {
  const kept = keepPostgres(() => secret(spec.url), {freshEvery: FRESH_EVERY})
  return {
    run: signal =>
      attemptProbe(clock, signal, async () => {
        const found = await kept.read(signal, STATEMENT_TIMEOUT_MS, async ({query}) => {
          const started = clock.monotonic()
          await query(spec.query)
          const latencyMs = clock.monotonic() - started
          const [row] = await query(INSPECT)
          return {latencyMs, ...readInspection(row ?? {}, spec.lagAbove)}
        })
        return {...found, detail: {address: kept.address ?? addressOfRef(spec.url)}}
      }),
    close: () => kept.close(),
  }
}

export function readInspection(row: Row, lagAbove: number | undefined): Found {
  const standby = row['standby'] === 't' || row['standby'] === 'true'
  const lagMs = row['lag_ms'] == null ? 0 : Number(row['lag_ms'])
  const late = lagAbove !== undefined && lagMs > lagAbove
  const checks: Check[] = standby
    ? [{name: 'replication', status: late ? 'degraded' : 'up', detail: `lag ${formatDuration(lagMs)}`}]
    : []
  return {
    status: late ? 'degraded' : 'up',
    reason: late
      ? `replication lag ${formatDuration(lagMs)} above ${formatDuration(lagAbove)}`
      : standby
        ? 'standby'
        : 'primary',
    checks,
    values: standby ? {replicationLagMs: lagMs} : {},
    ...(row['version'] == null ? {} : {version: row['version'].split(' ', 1)[0] ?? ''}),
  }
}
