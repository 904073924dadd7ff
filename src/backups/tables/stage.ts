import type {Client} from 'pg'
import type {Conninfo} from '../../connections/postgres/conninfo.ts'
import {quoteName} from '../../connections/postgres/quote.ts'
import {withSession} from '../../connections/postgres/session.ts'
import {OpsError} from '../../errors.ts'
import {compareMeasurements, type Measurements} from '../compare-measurements.ts'
import {restoreArguments} from '../methods/pgdump/database.ts'
import {readMeasurements} from '../methods/pgdump/measurements.ts'
import {beginMeasuring} from '../methods/pgdump/measuring-session.ts'
import {RESTORE_SETTINGS} from '../methods/pgdump/pgdump.ts'
import {toolSession} from '../methods/pgdump/tool-session.ts'
import type {Archive} from './archive.ts'
import {definitionsOf, publicationsOf, requireTables, rowsOf} from './contents.ts'
import {type Arranged, PLAIN_PATH, quoteTable, standAlone} from './copy-catalogue.ts'
import {restoredSchema, schemasOf} from './names.ts'
import type {Staged} from './staged.ts'
import {sameTable, showTable, type TableName} from './table-name.ts'
import {withoutTriggers} from './triggers.ts'

export interface StageOptions {
  readonly archive: Archive
  readonly tables: readonly TableName[]
  /** The copy: an empty database like the one that was backed up, of which this makes what it needs. */
  readonly copy: Conninfo
  readonly run: string
  readonly signal: AbortSignal
  readonly log: (line: string) => void
}

/**
 * Fills the copy with the definitions of the whole database, and with the rows of these tables alone; compares them with the
 * manifest; and moves them into the schema in which they will stand beside the live ones. Foreign keys, checks and triggers
 * are made while there are no rows, so none of them needs another table's. Raises `backup/restore`, `backup/mismatch`.
 */
export async function stageTables(options: StageOptions): Promise<Staged> {
  const {archive, tables, copy, signal, log} = options
  const list = await archive.list(signal)
  requireTables(list, tables, archive.manifest)
  const {env, args} = await withSession(copy, signal, async (client, entry) => ({
    env: await toolSession(client, {conninfo: copy, entry}, RESTORE_SETTINGS),
    args: restoreArguments(copy.database),
  }))
  await archive.restore(definitionsOf(list), {arguments: args, env, whole: false}, {signal, log})
  return withSession(copy, signal, async client => {
    await client.query(PLAIN_PATH)
    const arranged = await standAlone(client, tables)
    const triggers = await withoutTriggers(client, arranged.members)
    await archive.restore(rowsOf(list, arranged.leaves), {arguments: args, env, whole: true}, {signal, log})
    await triggers.enableAgain()
    const found = await compare(client, options, arranged)
    const statistics = await moveAside(client, arranged.members, options.run)
    return {
      tables: arranged.tables,
      members: arranged.members,
      foreignKeys: arranged.foreignKeys,
      views: arranged.views,
      publications: publicationsOf(list, arranged.members),
      measured: found.tables,
      statistics,
      proof: proofOf(found),
    }
  })
}

/** Rows and checksum of each, which must be those of the manifest. */
async function compare(
  client: Client,
  {archive: {manifest}, signal}: StageOptions,
  {leaves}: Arranged,
): Promise<Measurements> {
  const ownPath = await beginMeasuring(client)
  const found = await readMeasurements(client, {signal, ownPath, before: manifest, only: leaves})
  await client.query('COMMIT')
  const wanted = <Table extends TableName>(all: readonly Table[]): readonly Table[] =>
    all.filter(table => leaves.some(leaf => sameTable(leaf, table)))
  const differences = compareMeasurements({tables: wanted(manifest.tables), unproved: wanted(manifest.unproved)}, found)
  if (differences.length === 0) return found
  const words = differences.map(({table, reason}) => `${table}: ${reason}`).join('; ')
  throw new OpsError('backup/mismatch', `not what backup ${manifest.id} holds: ${words}`, {
    hint: 'The live database was not touched.',
  })
}

function proofOf({tables, unproved}: Measurements): string {
  const rows = tables.reduce((sum, table) => sum + table.rows, 0)
  const equal = `${rows} rows of ${tables.length} tables are equal to the manifest, in number and checksum`
  return unproved.length === 0
    ? equal
    : `${equal}; not proved: ${unproved.map(table => `${showTable(table)}: ${table.reason}`).join('; ')}`
}

/** Their indexes, and the sequences that they own, go with them; extended statistics do not by themselves. */
async function moveAside(client: Client, members: readonly TableName[], run: string): Promise<readonly TableName[]> {
  const aside = (schema: string): string => restoredSchema(schema, run)
  const schemas = schemasOf(members, aside)
  if (schemas.length < schemasOf(members, schema => schema).length)
    throw new OpsError('backup/unfit', 'names of their schemas are too long to be told apart beside the live ones', {
      hint: 'Restore the tables of one schema at a time.',
    })
  for (const schema of schemas) await client.query(`CREATE SCHEMA ${quoteName(schema)}`)
  const statistics: TableName[] = []
  for (const table of members) {
    const {rows} = await client.query<TableName>(
      `SELECT n.nspname AS schema, s.stxname AS name FROM pg_statistic_ext s JOIN pg_namespace n ON n.oid = s.stxnamespace
         JOIN pg_class c ON c.oid = s.stxrelid JOIN pg_namespace t ON t.oid = c.relnamespace
       WHERE t.nspname = $1 AND c.relname = $2`,
      [table.schema, table.name],
    )
    for (const one of rows)
      await client.query(`ALTER STATISTICS ${quoteTable(one)} SET SCHEMA ${quoteName(aside(table.schema))}`)
    statistics.push(...rows.map(({name}) => ({schema: table.schema, name})))
    await client.query(`ALTER TABLE ${quoteTable(table)} SET SCHEMA ${quoteName(aside(table.schema))}`)
  }
  return statistics
}
