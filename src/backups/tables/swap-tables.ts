import type {Client} from 'pg'
import type {Conninfo} from '../../connections/postgres/conninfo.ts'
import {quoteName, quoteText} from '../../connections/postgres/quote.ts'
import {withSession} from '../../connections/postgres/session.ts'
import {messageOf, OpsError} from '../../errors.ts'
import {escapeLine} from '../../text/escape.ts'
import {dropOwn, markOf} from './bring.ts'
import {quoteTable} from './copy-catalogue.ts'
import {exchangeRows} from './exchange.ts'
import {installTables, tieTables} from './install.ts'
import {beside, kept, keptSchema, schemasOf} from './names.ts'
import type {LiveTable} from './live.ts'
import type {Staged} from './staged.ts'
import {showTable, type TableName} from './table-name.ts'

export interface SwapTables {
  /** As they were when the plan was made: rows are exchanged of what was there, what was gone gets its name back. */
  readonly tables: readonly Pick<LiveTable, 'schema' | 'name' | 'live'>[]
  readonly run: string
}

export type SwapState = 'not yet' | 'swapped' | 'unclear'

const there = ({tables}: SwapTables): readonly TableName[] => tables.filter(({live}) => live === 'there')
const gone = ({tables}: SwapTables): readonly TableName[] => tables.filter(({live}) => live === 'gone')

/** As it is recorded. */
export const describeSwapTables = ({tables, run}: SwapTables): string =>
  [
    'BEGIN',
    ...tables.map(table =>
      table.live === 'there'
        ? `rows of ${showTable(table)} into ${showTable(kept(table, run))}, and those of ${showTable(beside(table, run))} in their place`
        : `ALTER TABLE ${quoteTable(beside(table, run))} SET SCHEMA ${quoteName(table.schema)}`,
    ),
    'COMMIT',
  ].join('; ')

/** Which it is, told from the names that are there; the change is one transaction, so never a part of them. */
export async function readSwapState(client: Client, swap: SwapTables): Promise<SwapState> {
  const exists = async (table: TableName): Promise<boolean> => {
    const {rows} = await client.query(
      'SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = $2',
      [table.schema, table.name],
    )
    return rows.length > 0
  }
  const done: boolean[] = []
  for (const table of there(swap)) done.push(await exists(kept(table, swap.run)))
  for (const table of gone(swap)) done.push((await exists(table)) && !(await exists(beside(table, swap.run))))
  if (done.every(Boolean)) return 'swapped'
  return done.some(Boolean) ? 'unclear' : 'not yet'
}

/** Everything in one transaction: the rows, the names, the keys. What did not come back with them, in words. Raises `backup/restore`. */
export async function swapTables(
  live: Conninfo,
  swap: SwapTables,
  staged: Staged,
  signal: AbortSignal,
): Promise<readonly string[]> {
  return inTransaction(live, signal, async client => {
    await requireAsPlanned(client, swap)
    for (const schema of schemasOf(there(swap), name => keptSchema(name, swap.run)))
      await client.query(
        `CREATE SCHEMA ${quoteName(schema)}; COMMENT ON SCHEMA ${quoteName(schema)} IS ${quoteText(markOf(swap.run))}`,
      )
    await installTables(client, gone(swap), {staged, run: swap.run})
    await exchangeRows(
      client,
      there(swap).map(table => ({live: table, from: beside(table, swap.run), kept: kept(table, swap.run)})),
    )
    return gone(swap).length === 0 ? [] : tieTables(client, gone(swap), {staged, run: swap.run})
  })
}

/** The rows that were kept come back, and what had got its name back leaves it. */
export async function swapTablesBack(
  live: Conninfo,
  swap: SwapTables,
  staged: Staged,
  signal: AbortSignal,
): Promise<void> {
  await inTransaction(live, signal, async client => {
    if ((await readSwapState(client, swap)) !== 'swapped') return
    await exchangeRows(
      client,
      there(swap).map(table => ({live: table, from: kept(table, swap.run), kept: undefined})),
    )
    for (const table of staged.tables.filter(one =>
      gone(swap).some(({schema, name}) => one.schema === schema && one.name === name),
    ))
      for (const parent of table.parents)
        if (parent.bound !== null)
          await client.query(`ALTER TABLE ${quoteTable(parent)} DETACH PARTITION ${quoteTable(table)}`)
    for (const table of gone(swap)) await client.query(`DROP TABLE ${quoteTable(table)} CASCADE`)
    await dropOwn(
      client,
      schemasOf(there(swap), name => keptSchema(name, swap.run)),
      swap.run,
    )
  })
}

async function requireAsPlanned(client: Client, {tables}: SwapTables): Promise<void> {
  for (const {live, ...table} of tables) {
    const {rows} = await client.query(
      'SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = $2',
      [table.schema, table.name],
    )
    if (rows.length > 0 === (live === 'there')) continue
    throw new OpsError(
      'backup/restore',
      `${showTable(table)} ${live === 'there' ? 'is not there any more' : 'is there again'} since the plan was made`,
      {hint: 'Nothing was changed. Plan again.'},
    )
  }
}

const SETTINGS = `SET search_path = pg_catalog; SET statement_timeout = 0; SET lock_timeout = '10s'; SET ROLE NONE;
  SET default_transaction_read_only = off; SET row_security = off; SET synchronous_commit = on; SET DateStyle = ISO; SET extra_float_digits = 3`

async function inTransaction<T>(live: Conninfo, signal: AbortSignal, work: (client: Client) => Promise<T>): Promise<T> {
  return withSession(live, signal, async client => {
    await client.query(SETTINGS)
    await client.query('BEGIN')
    try {
      const done = await work(client)
      await client.query('COMMIT')
      return done
    } catch (cause) {
      await client.query('ROLLBACK').catch(() => undefined)
      signal.throwIfAborted()
      if (cause instanceof OpsError) throw cause
      throw new OpsError('backup/restore', `nothing was exchanged: ${escapeLine(messageOf(cause), 400)}`, {
        cause,
        hint: 'Everything is as it was. A table that is in use longer than 10 s is not waited for.',
      })
    }
  })
}
