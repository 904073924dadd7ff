import type {Client} from 'pg'
import {quoteName} from '../../connections/postgres/quote.ts'
import {OpsError} from '../../errors.ts'
import {membersOf, quoteTable} from './copy-catalogue.ts'
import {nearTables, sameTable, showTable, type TableName} from './table-name.ts'

/** What pg_dump is told so that the rows of some tables alone are copied, and which tables hold these. */
export interface Part {
  readonly arguments: readonly string[]
  readonly leaves: readonly TableName[]
}

/** Every table that may hold rows. */
const TABLES = `
  SELECT n.nspname AS schema, c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'm', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
    AND n.nspname NOT LIKE 'pg\\_toast%' AND n.nspname NOT LIKE 'pg\\_temp\\_%' ORDER BY 1, 2`

/**
 * Definitions of everything are copied, for a table is nothing without its types and functions. A schema without any of the
 * tables is left out as a whole, so that thousands of them fit into a command. Raises `usage/arguments` for a table that is
 * not there, with those that were probably meant.
 */
export async function partOf(client: Client, tables: readonly TableName[]): Promise<Part> {
  const {rows: all} = await client.query<TableName>(TABLES)
  const leaves: TableName[] = []
  for (const table of tables) {
    const members = await membersOf(client, table)
    if (members[0]?.kind !== 'r' && members[0]?.kind !== 'p') throw noTable(table, all)
    leaves.push(...members.filter(({kind}) => kind === 'r').map(({schema, name}) => ({schema, name})))
  }
  const schemas = [...new Set(all.map(({schema}) => schema))]
  const without = schemas.filter(schema => !leaves.some(leaf => leaf.schema === schema))
  const others = all.filter(table => !without.includes(table.schema) && !leaves.some(leaf => sameTable(leaf, table)))
  return {
    leaves,
    arguments: [
      '--no-blobs',
      ...without.map(schema => `--exclude-table-data=${quoteName(schema)}.*`),
      ...others.map(table => `--exclude-table-data=${quoteTable(table)}`),
    ],
  }
}

function noTable(table: TableName, all: readonly TableName[]): OpsError {
  const near = nearTables(table, all)
  return new OpsError('usage/arguments', `there is no table ${showTable(table)} at that moment`, {
    hint: near.length === 0 ? 'There is none of a similar name.' : `Similar: ${near.join(', ')}.`,
  })
}
