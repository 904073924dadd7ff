import type {Conninfo} from '../../../connections/postgres/conninfo.ts'
import {withSession} from '../../../connections/postgres/session.ts'
import {messageOf} from '../../../errors.ts'
import {escapeLine} from '../../../text/escape.ts'
import type {Manifest} from '../../manifest.ts'
import type {Proof} from '../method.ts'
import {compareMeasurements, readMeasurements, configureSession, type TableDifference} from './measurements.ts'

export interface ProveOptions {
  readonly manifest: Manifest
  /** Declared in the configuration now; those of the manifest are the ones that were declared then. */
  readonly checks: readonly {readonly name: string; readonly query: string; readonly expect: string}[]
  readonly copy: Conninfo
  readonly signal: AbortSignal
  readonly progress: (done: number, total: number) => void
  readonly now: () => number
}

/** Compares every table's rows and checksum with the manifest and asks the declared queries. Changes nothing. */
export async function proveCopy(options: ProveOptions): Promise<Proof> {
  const begun = options.now()
  return withSession(options.copy, options.signal, async client => {
    await configureSession(client)
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
    const hashes = new Map(options.manifest.tables.map(table => [`${table.schema}.${table.name}`, table.hash]))
    const found = await readMeasurements(client, {signal: options.signal, progress: options.progress, hashes})
    const differences = compareMeasurements(options.manifest.tables, found)
    await client.query('COMMIT')
    await client.query('RESET search_path; SET default_transaction_read_only = on; SET statement_timeout = 60000')
    const checks: Proof['checks'][number][] = []
    for (const check of options.checks) checks.push(await answer(check, text => client.query({text, rowMode: 'array'})))
    const rows = found.reduce((sum, table) => sum + table.rows, 0)
    const failed = checks.filter(check => !check.ok)
    return {
      ok: differences.length === 0 && failed.length === 0,
      tables: found.length,
      rows,
      checks,
      differences,
      reason: escapeLine(
        reasonOf(differences, failed, `${found.length} tables, ${rows} rows, ${checks.length} checks`),
        500,
      ),
      durationMs: options.now() - begun,
    }
  })
}

async function answer(
  check: ProveOptions['checks'][number],
  query: (text: string) => Promise<{readonly rows: readonly unknown[]}>,
): Promise<Proof['checks'][number]> {
  try {
    const [row] = (await query(check.query)).rows
    const value: unknown = Array.isArray(row) ? row[0] : undefined
    const text = value instanceof Date ? value.toISOString() : String(value)
    const ok = text === check.expect
    return {name: check.name, ok, reason: ok ? text : escapeLine(`${text} instead of ${check.expect}`, 200)}
  } catch (error) {
    return {name: check.name, ok: false, reason: escapeLine(messageOf(error), 200)}
  }
}

function reasonOf(
  differences: readonly TableDifference[],
  failed: readonly {readonly name: string; readonly reason: string}[],
  all: string,
): string {
  const faults = [
    ...differences.map(difference => `${difference.table}: ${difference.reason}`),
    ...failed.map(check => `check ${check.name}: ${check.reason}`),
  ]
  if (faults.length === 0) return `${all}: equal to the backup`
  const more = faults.length > 5 ? ` and ${faults.length - 5} more` : ''
  return `${faults.slice(0, 5).join('; ')}${more}`
}
