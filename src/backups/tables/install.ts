import type {Client} from 'pg'
import {quoteName} from '../../connections/postgres/quote.ts'
import {OpsError} from '../../errors.ts'
import {membersOf, quoteTable} from './copy-catalogue.ts'
import {addForeignKeyOrSay} from './foreign-keys.ts'
import {beside} from './names.ts'
import type {Staged, StagedTable} from './staged.ts'
import {sameTable, showTable, type TableName} from './table-name.ts'

/** Tables that are gone get their names back, within the transaction at hand. */
export async function installTables(
  client: Client,
  names: readonly TableName[],
  {staged, run}: Install,
): Promise<void> {
  for (const name of names) {
    const tree = await membersOf(client, beside(name, run))
    for (const member of tree) {
      const home = staged.members.find(one => sameTable(beside(one, run), member))
      if (home === undefined) throw new OpsError('backup/restore', `${showTable(member)} did not come from the backup`)
      await client.query(`ALTER TABLE ${quoteTable(member)} SET SCHEMA ${quoteName(home.schema)}`)
    }
  }
}

export interface Install {
  readonly staged: Staged
  readonly run: string
}

/**
 * Gives them back what tied them to others: what they were a part of, their extended statistics, foreign keys from and to
 * them. What does not come back, in words.
 */
export async function tieTables(
  client: Client,
  names: readonly TableName[],
  {staged, run}: Install,
): Promise<readonly string[]> {
  const said: string[] = []
  for (const table of staged.tables.filter(one => names.some(name => sameTable(name, one))))
    for (const parent of table.parents) said.push(...(await attach(client, table, parent)))
  for (const one of staged.statistics) {
    const aside = beside(one, run)
    const {rows} = await client.query(
      `SELECT FROM pg_statistic_ext s JOIN pg_namespace n ON n.oid = s.stxnamespace JOIN pg_class c ON c.oid = s.stxrelid
         JOIN pg_namespace t ON t.oid = c.relnamespace WHERE n.nspname = $1 AND s.stxname = $2 AND t.nspname = $3`,
      [aside.schema, aside.name, one.schema],
    )
    if (rows.length > 0) await client.query(`ALTER STATISTICS ${quoteTable(aside)} SET SCHEMA ${quoteName(one.schema)}`)
  }
  for (const key of staged.foreignKeys) {
    const {rows} = await client.query<{there: boolean}>(
      `SELECT EXISTS (SELECT FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid JOIN pg_namespace n ON n.oid = r.relnamespace
         WHERE n.nspname = $1 AND r.relname = $2 AND c.conname = $3) AS there`,
      [key.table.schema, key.table.name, key.name],
    )
    if (rows[0]?.there === true) continue
    const words = await addForeignKeyOrSay(client, key)
    if (words !== undefined) said.push(words)
  }
  for (const view of staged.views) {
    const {rows} = await client.query<{there: boolean}>(`SELECT to_regclass($1) IS NOT NULL AS there`, [view])
    if (rows[0]?.there === false) said.push(`view ${view} read it and is not back: take its definition from the backup`)
  }
  for (const {table, name} of staged.publications) said.push(...(await unpublished(client, table, name)))
  return said
}

/** What subscribers get is their owner's to say. */
async function unpublished(client: Client, table: TableName, name: string): Promise<readonly string[]> {
  const {rows} = await client.query(
    `SELECT FROM pg_publication p WHERE p.pubname = $1 AND NOT p.puballtables AND NOT EXISTS (
       SELECT FROM pg_publication_rel r JOIN pg_class c ON c.oid = r.prrelid JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE r.prpubid = p.oid AND n.nspname = $2 AND c.relname = $3)`,
    [name, table.schema, table.name],
  )
  return rows.length === 0
    ? []
    : [
        `publication ${name} had ${showTable(table)} and has not: ALTER PUBLICATION ${quoteName(name)} ADD TABLE ${quoteTable(table)};`,
      ]
}

async function attach(
  client: Client,
  table: StagedTable,
  parent: StagedTable['parents'][number],
): Promise<readonly string[]> {
  const {rows} = await client.query<{kind: string}>(
    `SELECT c.relkind::text AS kind FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = $1 AND c.relname = $2`,
    [parent.schema, parent.name],
  )
  const kind = rows[0]?.kind
  const {bound} = parent
  if (bound !== null && kind === 'p') {
    await client.query(`ALTER TABLE ${quoteTable(parent)} ATTACH PARTITION ${quoteTable(table)} ${bound}`)
    return []
  }
  if (bound === null && kind === 'r') {
    await client.query(`ALTER TABLE ${quoteTable(table)} INHERIT ${quoteTable(parent)}`)
    return []
  }
  return [`${showTable(table)} was a part of ${showTable(parent)}, which is not there any more`]
}
