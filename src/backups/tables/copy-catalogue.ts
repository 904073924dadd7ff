import type {Client} from 'pg'
import {quoteName} from '../../connections/postgres/quote.ts'
import {OpsError} from '../../errors.ts'
import type {ForeignKey, Staged, StagedTable} from './staged.ts'
import {sameTable, showTable, type TableName} from './table-name.ts'

/** The name as statements need it. */
export const quoteTable = ({schema, name}: TableName): string => `${quoteName(schema)}.${quoteName(name)}`

/** Names come out whole, and nothing of the database is found by chance. */
export const PLAIN_PATH = 'SET search_path = pg_catalog; SET statement_timeout = 0; SET ROLE NONE'

interface Found extends TableName {
  readonly oid: string
  readonly kind: string
}

/** A table and all parts of it, the table first. */
export async function membersOf(client: Client, table: TableName): Promise<readonly Found[]> {
  const {rows} = await client.query<Found>(
    `WITH RECURSIVE tree AS (
       SELECT c.oid, c.relkind, c.relname, c.relnamespace, 0 AS depth FROM pg_class c
         JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = $2
       UNION ALL SELECT c.oid, c.relkind, c.relname, c.relnamespace, t.depth + 1 FROM tree t
         JOIN pg_inherits i ON i.inhparent = t.oid AND t.relkind = 'p' JOIN pg_class c ON c.oid = i.inhrelid)
     SELECT t.oid::text, t.relkind::text AS kind, n.nspname AS schema, t.relname AS name FROM tree t
       JOIN pg_namespace n ON n.oid = t.relnamespace ORDER BY t.depth, 3, 4`,
    [table.schema, table.name],
  )
  return rows
}

/** What tables are a part of, however far up: a foreign key to that holds for their rows as well. */
export async function aboveOf(client: Client, oids: readonly string[]): Promise<readonly string[]> {
  const {rows} = await client.query<{oid: string}>(
    `WITH RECURSIVE up AS (SELECT inhparent AS oid FROM pg_inherits WHERE inhrelid = ANY ($1::oid[])
       UNION SELECT i.inhparent FROM up JOIN pg_inherits i ON i.inhrelid = up.oid)
     SELECT up.oid::text FROM up JOIN pg_class c ON c.oid = up.oid WHERE c.relkind = 'p'`,
    [oids],
  )
  return rows.map(({oid}) => oid)
}

/** Foreign keys of these tables and to them; those of parts come with those of the whole. */
export async function foreignKeysOf(
  client: Client,
  oids: readonly string[],
  which: 'both' | 'incoming',
): Promise<readonly (ForeignKey & {readonly owned: boolean})[]> {
  const {rows} = await client.query<{
    schema: string
    table: string
    name: string
    definition: string
    comment: string | null
    owned: boolean
  }>(
    `SELECT n.nspname AS schema, r.relname AS table, c.conname AS name, pg_get_constraintdef(c.oid) AS definition,
       obj_description(c.oid, 'pg_constraint') AS comment, pg_has_role(r.relowner, 'USAGE') AS owned
     FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid JOIN pg_namespace n ON n.oid = r.relnamespace
     WHERE c.contype = 'f' AND c.conparentid = 0 AND (c.confrelid = ANY ($1::oid[]) OR ($2 AND c.conrelid = ANY ($1::oid[])))
     ORDER BY 1, 2, 3`,
    [oids, which === 'both'],
  )
  return rows.map(({schema, table, ...key}) => ({table: {schema, name: table}, ...key}))
}

/** What is known of the tables in the copy before they have their rows. */
export type Arranged = Pick<Staged, 'tables' | 'members' | 'foreignKeys' | 'views'> & {
  readonly leaves: readonly TableName[]
}

/**
 * Makes the tables of the copy stand alone: without foreign keys, without the table that they are a part of, and with their
 * triggers off while the rows come in. Nobody else uses the copy.
 */
export async function standAlone(client: Client, wanted: readonly TableName[]): Promise<Arranged> {
  const trees = []
  for (const table of wanted) {
    const tree = await membersOf(client, table)
    const [root] = tree
    if (root === undefined) throw new OpsError('backup/restore', `the copy has no table ${showTable(table)}`)
    const foreign = tree.find(({kind}) => kind === 'f')
    if (foreign !== undefined)
      throw new OpsError('backup/unfit', `${showTable(foreign)} is a foreign table: its rows are on another server`)
    trees.push({root, tree})
  }
  const members = [...new Map(trees.flatMap(({tree}) => tree.map(each => [each.oid, each] as const))).values()]
  const oids = members.map(({oid}) => oid)
  const above = await foreignKeysOf(client, await aboveOf(client, oids), 'incoming')
  const tables: StagedTable[] = []
  for (const {root} of trees)
    tables.push({...nameOf(root), partitioned: root.kind === 'p', parents: await leave(client, root, oids)})
  const own = await foreignKeysOf(client, oids, 'both')
  const isOwn = (key: ForeignKey): boolean => own.some(one => one.name === key.name && sameTable(one.table, key.table))
  const foreignKeys = [...own, ...above.filter(key => !isOwn(key))]
  const views = await viewsOf(client, oids)
  for (const {table, name} of foreignKeys)
    await client.query(`ALTER TABLE ${quoteTable(table)} DROP CONSTRAINT ${quoteName(name)}`)
  return {
    tables,
    members: members.map(nameOf),
    leaves: members.filter(({kind}) => kind === 'r').map(nameOf),
    foreignKeys: foreignKeys.map(({table, name, definition, comment}) => ({table, name, definition, comment})),
    views,
  }
}

const nameOf = ({schema, name}: TableName): TableName => ({schema, name})

/** Takes a table off what it is a part of, or inherits from, unless that is wanted as well. */
async function leave(client: Client, table: Found, oids: readonly string[]): Promise<StagedTable['parents']> {
  const {rows} = await client.query<TableName & {part: boolean; bound: string | null}>(
    `SELECT n.nspname AS schema, p.relname AS name, c.relispartition AS part, pg_get_expr(c.relpartbound, c.oid) AS bound
     FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_class p ON p.oid = i.inhparent
       JOIN pg_namespace n ON n.oid = p.relnamespace
     WHERE i.inhrelid = $1::oid AND i.inhparent <> ALL ($2::oid[]) ORDER BY i.inhseqno`,
    [table.oid, oids],
  )
  for (const parent of rows)
    await client.query(
      parent.part
        ? `ALTER TABLE ${quoteTable(parent)} DETACH PARTITION ${quoteTable(table)}`
        : `ALTER TABLE ${quoteTable(table)} NO INHERIT ${quoteTable(parent)}`,
    )
  return rows.map(({schema, name, bound}) => ({schema, name, bound}))
}

async function viewsOf(client: Client, oids: readonly string[]): Promise<readonly string[]> {
  const {rows} = await client.query<TableName>(
    `SELECT DISTINCT n.nspname AS schema, v.relname AS name FROM pg_depend d
       JOIN pg_rewrite w ON d.classid = 'pg_rewrite'::regclass AND w.oid = d.objid
       JOIN pg_class v ON v.oid = w.ev_class JOIN pg_namespace n ON n.oid = v.relnamespace
     WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = ANY ($1::oid[]) AND v.oid <> ALL ($1::oid[]) ORDER BY 1, 2`,
    [oids],
  )
  return rows.map(showTable)
}
