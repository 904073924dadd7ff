import {hash} from 'node:crypto'
import type {DatabaseSync, SQLOutputValue} from 'node:sqlite'
import {setImmediate} from 'node:timers/promises'
import {messageOf} from '../../../errors.ts'
import {escapeLine} from '../../../text/escape.ts'
import type {Measurements} from '../../compare-measurements.ts'
import type {TableMeasurements, UnprovedTable} from '../../manifest.ts'
import {quoted} from './file.ts'

export interface MeasureOptions {
  readonly signal: AbortSignal
  readonly progress?: (done: number, total: number) => void
}

const ROWS_AT_ONCE = 2000

/**
 * Rows and checksum of every table, those of the schema and of virtual tables' own storage among them: a virtual one itself
 * holds nothing. What cannot be read here, since it needs functions of its application, is named.
 */
export async function readMeasurements(database: DatabaseSync, options: MeasureOptions): Promise<Measurements> {
  const names = tableNames(database)
  const tables: TableMeasurements[] = []
  const unproved: UnprovedTable[] = []
  for (const name of names) {
    options.signal.throwIfAborted()
    try {
      tables.push({schema: 'main', name, hash: 'record', ...(await measure(database, name, options.signal))})
    } catch (error) {
      options.signal.throwIfAborted()
      unproved.push({schema: 'main', name, reason: escapeLine(messageOf(error), 200)})
    }
    options.progress?.(tables.length + unproved.length, names.length)
  }
  return {tables, unproved}
}

/** What SQLite itself finds wrong; empty when all is well. */
export function integrityFaults(database: DatabaseSync): readonly string[] {
  try {
    const rows = database.prepare('PRAGMA integrity_check(20)').all()
    const words = rows.map(row => String(Object.values(row)[0]))
    return words.length === 1 && words[0] === 'ok' ? [] : words.map(word => escapeLine(word, 200))
  } catch (error) {
    // So damaged that the check itself cannot go on.
    return [escapeLine(messageOf(error), 200)]
  }
}

/** Rows without the row that they refer to. */
export function countOrphans(database: DatabaseSync): number {
  let count = 0
  for (const row of database.prepare('PRAGMA foreign_key_check').iterate()) count += row === undefined ? 0 : 1
  return count
}

function tableNames(database: DatabaseSync): readonly string[] {
  const rows = database.prepare('PRAGMA main.table_list').all()
  return rows
    .filter(({schema, type}) => schema === 'main' && (type === 'table' || type === 'shadow'))
    .map(({name}) => String(name))
    .sort()
}

async function measure(
  database: DatabaseSync,
  name: string,
  signal: AbortSignal,
): Promise<Pick<TableMeasurements, 'rows' | 'checksum'>> {
  const statement = database.prepare(`SELECT * FROM main.${quoted(name)}`)
  statement.setReadBigInts(true)
  statement.setReturnArrays(true)
  let rows = 0
  let sum = 0n
  for (const row of statement.iterate()) {
    sum += hashOf(row as unknown as readonly SQLOutputValue[])
    rows += 1
    if (rows % ROWS_AT_ONCE === 0) {
      await setImmediate()
      signal.throwIfAborted()
    }
  }
  return {rows, checksum: BigInt.asIntN(64, sum).toString()}
}

const hashOf = (row: readonly SQLOutputValue[]): bigint =>
  hash('sha1', row.map(written).join(''), 'buffer').readBigInt64BE(0)

/** With its type, so that 1, 1.0, '1' and a blob of the same byte are four values. */
function written(value: SQLOutputValue): string {
  if (value === null) return 'n'
  if (typeof value === 'bigint') return `i${value};`
  if (typeof value === 'number') return `r${Object.is(value, -0) ? '-0' : String(value)};`
  if (typeof value === 'string') return `t${value.length}:${value}`
  return `b${value.byteLength}:${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('latin1')}`
}
