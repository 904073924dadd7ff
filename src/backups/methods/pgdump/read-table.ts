import type {Client, QueryResult} from 'pg'
import {quoteName, quoteText} from '../../../connections/postgres/quote.ts'
import {sqlState} from '../../../connections/postgres/sql-state.ts'
import {messageOf} from '../../../errors.ts'
import {escapeLine} from '../../../text/escape.ts'
import type {TableMeasurements, UnprovedTable} from '../../manifest.ts'

/** A table and how it is to be read. */
export type TableReading = Pick<TableMeasurements, 'schema' | 'name' | 'hash' | 'searchPath'>

/**
 * Counts and hashes one table. The planner runs the functions of its indexes and statistics, which may need a search path
 * that pg_dump, which plans nothing, does without: where the empty one fails, the database's own (`ownPath`) is tried, and
 * noted. What still cannot be told of a table is its reason, not the end of the others. Raises what says nothing about the
 * table: a lost session, a full disk, a damaged page.
 */
export async function readTable(
  client: Client,
  table: TableReading,
  ownPath: string,
): Promise<TableMeasurements | UnprovedTable> {
  const paths = table.searchPath === undefined && ownPath !== '' ? [undefined, ownPath] : [table.searchPath]
  let reason = ''
  for (const searchPath of paths)
    try {
      const measured = await measure(client, {...table, searchPath})
      return {
        schema: table.schema,
        name: table.name,
        hash: table.hash,
        ...measured,
        ...(searchPath === undefined ? {} : {searchPath}),
      }
    } catch (error) {
      if (!isOfTable(error)) throw new Error(`table ${table.schema}.${table.name}: ${messageOf(error)}`, {cause: error})
      await client.query('ROLLBACK TO SAVEPOINT reading; RELEASE SAVEPOINT reading')
      reason ||= escapeLine(messageOf(error), 200)
    }
  return {schema: table.schema, name: table.name, reason}
}

/** One round trip. Rolled back at once, which lets go of its locks: thousands of tables would not fit into the lock table. */
async function measure(
  client: Client,
  {schema, name, hash, searchPath}: TableReading,
): Promise<Pick<TableMeasurements, 'rows' | 'checksum'>> {
  // `(r.*)`, not `r`: a column may be called r as well.
  const digest = hash === 'record' ? 'hash_record_extended((r.*), 0)' : 'hashtextextended((r.*)::text, 0)'
  const statements = [
    'SAVEPOINT reading',
    ...(searchPath === undefined
      ? []
      : [`SELECT pg_catalog.set_config('search_path', ${quoteText(searchPath)}, true)`]),
    `SELECT pg_catalog.count(*)::pg_catalog.text AS rows,
       coalesce(pg_catalog.sum(pg_catalog.${digest}), 0)::pg_catalog.text AS checksum
     FROM ONLY ${quoteName(schema)}.${quoteName(name)} AS r`,
    'ROLLBACK TO SAVEPOINT reading',
    'RELEASE SAVEPOINT reading',
  ]
  // Several statements in one query give several results, which the type does not know.
  const results = (await client.query(statements.join(';\n'))) as unknown as readonly QueryResult<{
    rows: string
    checksum: string
  }>[]
  const row = results.flatMap(result => result.rows).find(candidate => 'checksum' in candidate)
  return {rows: Number(row?.rows ?? 0), checksum: row?.checksum ?? '0'}
}

/** Connection, transaction, conflict with recovery, resources, operator, system: of these a table knows nothing. */
const NOT_OF_TABLE = /^(08|25|40|53|57|58|F0|XX00[12])/

function isOfTable(error: unknown): boolean {
  const code = sqlState(error)
  return code !== undefined && !NOT_OF_TABLE.test(code)
}
