import type {DatabaseSync} from 'node:sqlite'
import {messageOf} from '../../../errors.ts'
import {escapeLine} from '../../../text/escape.ts'
import {compareMeasurements, type TableDifference} from '../../compare-measurements.ts'
import type {SqliteManifest} from '../../manifest.ts'
import {proofReason} from '../../proof-reason.ts'
import {provedWords} from '../../proved-words.ts'
import type {BackupMethod, Proof} from '../method.ts'
import {openQuiet} from './file.ts'
import {countOrphans, integrityFaults, readMeasurements} from './measurements.ts'

/** SQLite's own check of every page and index, then every table by rows and checksum, then the declared checks. */
export async function proveFile(
  of: SqliteManifest,
  file: string,
  options: Parameters<BackupMethod['prove']>[2],
): Promise<Proof> {
  const begun = options.now()
  const database = await openQuiet(file)
  try {
    const faults = integrityFaults(database)
    const found = await readMeasurements(database, options)
    const orphans = countOrphans(database)
    const differences: readonly TableDifference[] = [
      ...faults.map(reason => ({table: 'the file', reason})),
      ...compareMeasurements(of, found),
      ...(orphans === of.orphans
        ? []
        : [{table: 'foreign keys', reason: `${orphans} rows without their parent instead of ${of.orphans}`}]),
    ]
    const checks = options.checks.map(check => answer(database, check))
    const failed = checks.filter(check => !check.ok)
    const rows = found.tables.reduce((sum, table) => sum + table.rows, 0)
    const all = `integrity_check ok, ${found.tables.length} tables, ${rows} rows, ${checks.length} checks`
    return {
      ok: differences.length === 0 && failed.length === 0,
      tables: found.tables.length,
      rows,
      checks,
      differences,
      reason: escapeLine(proofReason(differences, failed, {all, proved: provedWords(of)}), 500),
      durationMs: options.now() - begun,
    }
  } finally {
    database.close()
  }
}

function answer(database: DatabaseSync, check: SqliteManifest['checks'][number]): Proof['checks'][number] {
  try {
    const statement = database.prepare(check.query)
    statement.setReadBigInts(true)
    const text = String(Object.values(statement.get() ?? {})[0])
    const ok = text === check.expect
    return {name: check.name, ok, reason: ok ? text : escapeLine(`${text} instead of ${check.expect}`, 200)}
  } catch (error) {
    return {name: check.name, ok: false, reason: escapeLine(messageOf(error), 200)}
  }
}
