import type {Client} from 'pg'
import {quoteName} from '../../connections/postgres/quote.ts'
import {OpsError} from '../../errors.ts'
import {aboveOf, foreignKeysOf, membersOf, quoteTable} from './copy-catalogue.ts'
import {addForeignKey} from './foreign-keys.ts'
import {showTable, type TableName} from './table-name.ts'
import {withoutTriggers} from './triggers.ts'

/** A live table, from where its rows come, and where the present ones are kept; undefined: they are not. */
export interface Exchange {
  readonly live: TableName
  readonly from: TableName
  readonly kept: TableName | undefined
}

/**
 * Exchanges the rows of live tables, within the transaction at hand. The tables themselves stay: views, foreign keys,
 * privileges, triggers, policies, indexes, publications and parts are those of now, by nobody's doing. Readers see the old
 * rows until the end, but for tables with foreign keys to them, whose keys are checked anew. Raises `backup/restore`.
 */
export async function exchangeRows(client: Client, exchanges: readonly Exchange[]): Promise<void> {
  if (exchanges.length === 0) return
  const live = exchanges.map(exchange => exchange.live)
  const trees = []
  for (const table of live) trees.push(await membersOf(client, table))
  const members = trees.flat()
  const oids = members.map(({oid}) => oid)
  const keys = await foreignKeysOf(client, [...oids, ...(await aboveOf(client, oids))], 'incoming')
  // All at once and in the strictest way that is needed: raising a lock later is how two sessions wait for each other.
  const locked = [...live, ...keys.map(({table}) => table)].map(quoteTable)
  const mode = keys.length > 0 ? 'ACCESS EXCLUSIVE' : 'SHARE ROW EXCLUSIVE'
  await client.query(`LOCK TABLE ${[...new Set(locked)].join(', ')} IN ${mode} MODE`)
  for (const {table, name} of keys)
    await client.query(`ALTER TABLE ${quoteTable(table)} DROP CONSTRAINT ${quoteName(name)}`)
  const triggers = await withoutTriggers(client, members)
  for (const exchange of exchanges) await exchangeOne(client, exchange)
  await triggers.enableAgain()
  for (const key of keys) await addForeignKey(client, key)
}

interface Column {
  readonly name: string
  readonly type: string
  readonly generated: boolean
}

async function exchangeOne(client: Client, {live, from, kept}: Exchange): Promise<void> {
  const columns = await columnsOf(client, live)
  requireSame(live, columns, await columnsOf(client, from))
  const names = columns.filter(({generated}) => !generated).map(({name}) => quoteName(name))
  const list = names.join(', ')
  if (kept !== undefined) await client.query(`CREATE TABLE ${quoteTable(kept)} AS SELECT * FROM ${quoteTable(live)}`)
  await client.query(`DELETE FROM ${quoteTable(live)}`)
  const into = names.length === 0 ? quoteTable(live) : `${quoteTable(live)} (${list}) OVERRIDING SYSTEM VALUE`
  await client.query(`INSERT INTO ${into} SELECT ${list} FROM ${quoteTable(from)}`)
  await requireEqual(client, {live, from, list})
  await advanceSequences(client, live)
}

async function columnsOf(client: Client, table: TableName): Promise<readonly Column[]> {
  const {rows} = await client.query<Column>(
    `SELECT a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type, a.attgenerated <> '' AS generated
     FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = $1 AND c.relname = $2 AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`,
    [table.schema, table.name],
  )
  return rows
}

/** Names what differs: whoever changed the table since the backup knows what its rows should be now. */
function requireSame(live: TableName, now: readonly Column[], then: readonly Column[]): void {
  const words = (columns: readonly Column[], others: readonly Column[]): readonly string[] =>
    columns.flatMap(({name, type}) =>
      others.some(other => other.name === name && other.type === type) ? [] : [`${quoteName(name)} ${type}`],
    )
  const [added, gone] = [words(now, then), words(then, now)]
  if (added.length + gone.length === 0) return
  const parts = [
    ...(added.length === 0 ? [] : [`now ${added.join(', ')}`]),
    ...(gone.length === 0 ? [] : [`in the backup ${gone.join(', ')}`]),
  ]
  throw new OpsError('backup/restore', `${showTable(live)} has other columns than in the backup: ${parts.join('; ')}`, {
    hint: 'Restore it without swap=true, and bring its rows over with a statement of your own.',
  })
}

/** What is there now is what came, row by row: nothing of the live table changed it on the way. */
async function requireEqual(
  client: Client,
  {live, from, list}: {readonly live: TableName; readonly from: TableName; readonly list: string},
): Promise<void> {
  const sums: string[] = []
  for (const table of [live, from]) {
    const {rows} = await client.query<{sum: string}>(
      `SELECT count(*) || ' ' || coalesce(sum(hashtextextended(ROW(${list})::text, 0)), 0) AS sum FROM ${quoteTable(table)}`,
    )
    sums.push(rows[0]?.sum ?? '')
  }
  if (sums[0] !== sums[1])
    throw new OpsError('backup/restore', `the rows of ${showTable(live)} are not what was restored`, {
      hint: 'Everything is as it was.',
    })
}

/** A number that was given out is not given out again: a sequence goes on from where it is, or from the largest one that came. */
async function advanceSequences(client: Client, live: TableName): Promise<void> {
  const {rows} = await client.query<TableName & {column: string}>(
    `SELECT n.nspname AS schema, s.relname AS name, a.attname AS column FROM pg_depend d
       JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S' JOIN pg_namespace n ON n.oid = s.relnamespace
       JOIN pg_sequence q ON q.seqrelid = s.oid AND q.seqincrement > 0
       JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
       JOIN pg_class c ON c.oid = d.refobjid JOIN pg_namespace t ON t.oid = c.relnamespace
     WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
       AND t.nspname = $1 AND c.relname = $2 AND a.atttypid IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype)`,
    [live.schema, live.name],
  )
  for (const {column, ...sequence} of rows)
    await client.query(
      `SELECT setval($1::regclass, m.largest) FROM (SELECT max(${quoteName(column)})::bigint AS largest FROM ${quoteTable(live)}) m,
         ${quoteTable(sequence)} s WHERE m.largest > s.last_value`,
      [quoteTable(sequence)],
    )
}
