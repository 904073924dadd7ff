import {addressOfRef} from '../../connections/address.ts'
import {attemptProbe} from '../../connections/attempt.ts'
import type {Found} from '../../connections/attempt.ts'
import {FRESH_EVERY, keepPostgres} from '../../connections/postgres/kept.ts'
import type {Row} from '../../connections/postgres/kept.ts'
import {
  COMMITS_WAIT_COLUMN,
  commitChecks,
  READ_ONLY_COLUMN,
  readOnlyChecks,
  SYNCHRONOUS_COLUMN,
} from '../../connections/postgres/writes.ts'
import {isTrue, STANDBY_COLUMNS, standbyCheck, standbyLag} from '../../connections/postgres/standby.ts'
import {formatDuration} from '../../units/duration.ts'
import type {Probe, ProbeTools} from '../probe.ts'
import type {PostgresProbeSpec} from './schema.ts'

/** The server stops a statement of ours at this age even when the console has gone. */
const STATEMENT_TIMEOUT_MS = 10_000

const INSPECT = `select current_setting('server_version') as version, pg_is_in_recovery() as standby,
  ${READ_ONLY_COLUMN}, ${COMMITS_WAIT_COLUMN}`

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
          const [standby] = isTrue(row?.['standby']) ? await query(`select ${STANDBY_COLUMNS}`) : []
          const [commits] = row?.['commits_wait_for'] == null ? [] : await query(`select ${SYNCHRONOUS_COLUMN}`)
          return {latencyMs, ...readInspection({...row, ...standby, ...commits}, spec.lagAbove)}
        })
        return {...found, detail: {address: kept.address ?? addressOfRef(spec.url)}}
      }),
    close: () => kept.close(),
  }
}

/** A standby that is cut off, paused or too late is degraded, however well it answers. */
export function readInspection(row: Row, lagAbove: number | undefined): Found {
  const version = row['version'] == null ? {} : {version: row['version'].split(' ', 1)[0] ?? ''}
  const [refused] = [...readOnlyChecks(row), ...commitChecks(row)]
  if (refused !== undefined)
    return {
      status: 'degraded',
      reason: `${refused.name} ${refused.detail}`,
      checks: [refused],
      values: {},
      ...version,
    }
  if (!isTrue(row['standby'])) return {status: 'up', reason: 'primary', checks: [], values: {}, ...version}
  const lagMs = standbyLag(row)
  const check = standbyCheck(row)
  const late =
    lagAbove !== undefined && lagMs !== undefined && lagMs > lagAbove
      ? [`replication lag ${formatDuration(lagMs)} above ${formatDuration(lagAbove)}`]
      : []
  const wrong = [...(check.status === 'up' ? [] : [check.detail]), ...late]
  return {
    status: wrong.length > 0 ? 'degraded' : 'up',
    reason: wrong.length > 0 ? wrong.join('; ') : 'standby',
    checks: [wrong.length > 0 ? {...check, status: 'degraded', detail: wrong.join('; ')} : check],
    values: lagMs === undefined ? {} : {replicationLagMs: lagMs},
    ...version,
  }
}
