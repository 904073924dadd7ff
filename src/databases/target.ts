import {addressOfRef} from '../connections/address.ts'
import {attemptProbe} from '../connections/attempt.ts'
import {FRESH_EVERY, keepPostgres} from '../connections/postgres/kept.ts'
import type {ResolveSecret} from '../config/fields.ts'
import type {Target} from '../monitors/sample.ts'
import type {Clock} from '../units/clock.ts'
import type {DatabaseConfig} from './config.ts'
import {MEASUREMENTS_SQL, readMeasurements} from './measurements.ts'

export type PlacedDatabase = DatabaseConfig & {readonly environment: string}

export interface DatabaseTools {
  readonly clock: Clock
  readonly secret: ResolveSecret
}

/** One target for each configured database; each keeps one session between probes. */
export function databaseTargets(
  config: {readonly databases: readonly PlacedDatabase[]},
  tools: DatabaseTools,
): readonly Target[] {
  return config.databases.map(database => databaseTarget(database, tools))
}

function databaseTarget(database: PlacedDatabase, {clock, secret}: DatabaseTools): Target {
  const kept = keepPostgres(() => secret(database.url), {freshEvery: FRESH_EVERY})
  return {
    id: `database/${database.environment}/${database.name}`,
    kind: 'database',
    environment: database.environment,
    name: database.name,
    intervalMs: database.interval,
    timeoutMs: database.timeout,
    probe: signal =>
      attemptProbe(clock, signal, async () => {
        const found = await kept.read(signal, database.timeout, async ({query, session}) => {
          const started = clock.monotonic()
          const [row] = await query(MEASUREMENTS_SQL)
          return {latencyMs: clock.monotonic() - started, ...readMeasurements(row ?? {}, {...database, session})}
        })
        return {...found, detail: {address: kept.address ?? addressOfRef(database.url)}}
      }),
    close: () => kept.close(),
  }
}
