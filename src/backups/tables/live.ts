import type {Client} from 'pg'
import {OpsError} from '../../errors.ts'
import {aboveOf, foreignKeysOf, membersOf} from './copy-catalogue.ts'
import {showTable, type TableName} from './table-name.ts'

/** A wanted table as it is live now. Read from the catalogue alone: no lock of the table is taken or waited for. */
export interface LiveTable extends TableName {
  /** As a person would type it. */
  readonly shown: string
  /** gone: nothing has that name. */
  readonly live: 'there' | 'gone'
  /** `orders_customer_fkey of public.orders`: taken off and put back, checked, when its rows are exchanged. */
  readonly foreignKeys: readonly string[]
  /** The tables that these are of, which wait as well. */
  readonly referring: readonly TableName[]
}

/** Raises `backup/unfit` with everything that stands in the way; of a swap more than of a table beside it. */
export async function readLive(
  client: Client,
  tables: readonly TableName[],
  options: {readonly swap: boolean},
): Promise<readonly LiveTable[]> {
  const rights = await rightOf(client)
  const obstacles: string[] = []
  const found: LiveTable[] = []
  for (const table of tables) {
    const members = await membersOf(client, table)
    const [root] = members
    const oids = members.map(({oid}) => oid)
    const above = root === undefined ? [] : await aboveOf(client, [root.oid])
    const keys = await foreignKeysOf(client, [...oids, ...above], 'incoming')
    if (options.swap) {
      if (root === undefined) obstacles.push(...(await nameFree(client, table)))
      else obstacles.push(...(await inWay(client, {...table, ...root}, members)))
      obstacles.push(
        ...keys
          .filter(({owned}) => !owned)
          .map(key => `${key.name} of ${showTable(key.table)} belongs to another role`),
      )
    }
    found.push({
      schema: table.schema,
      name: table.name,
      shown: showTable(table),
      live: root === undefined ? 'gone' : 'there',
      foreignKeys: keys.map(key => `${key.name} of ${showTable(key.table)}`),
      referring: keys.map(key => key.table),
    })
  }
  if (rights.length + obstacles.length === 0) return found
  throw new OpsError('backup/unfit', `it cannot be done: ${[...rights, ...obstacles].join('; ')}`, {
    hint:
      rights.length > 0
        ? 'Use a role that may, in adminUrl of the database.'
        : 'Without swap=true the table comes beside the live one.',
  })
}

async function rightOf(client: Client): Promise<readonly string[]> {
  const {rows} = await client.query<{may: boolean; who: string; database: string}>(
    `SELECT has_database_privilege(current_database(), 'CREATE') AS may, current_user AS who, current_database() AS database`,
  )
  const [row] = rows
  return row === undefined || row.may ? [] : [`${row.who} may not make a schema in database ${row.database}`]
}

async function nameFree(client: Client, {schema}: TableName): Promise<readonly string[]> {
  const {rows} = await client.query('SELECT FROM pg_namespace WHERE nspname = $1', [schema])
  return rows.length > 0 ? [] : [`there is no schema ${schema} any more: create it first`]
}

const KINDS: Readonly<Record<string, string>> = {
  v: 'a view',
  m: 'a materialized view',
  f: 'a foreign table',
  S: 'a sequence',
  c: 'a type',
  i: 'an index',
  I: 'an index',
}

/** What an exchange of rows cannot be done with. */
async function inWay(
  client: Client,
  table: TableName & {readonly oid: string; readonly kind: string},
  members: Awaited<ReturnType<typeof membersOf>>,
): Promise<readonly string[]> {
  const shown = showTable(table)
  if (table.kind !== 'r' && table.kind !== 'p') return [`${shown} is ${KINDS[table.kind] ?? 'no table'} now`]
  const foreign = members.filter(({kind}) => kind === 'f').map(each => `${showTable(each)} is a foreign table`)
  const {rows} = await client.query<{owned: boolean; rules: string[]; heirs: string[]}>(
    `SELECT pg_has_role(c.relowner, 'USAGE') AS owned,
       ARRAY(SELECT w.rulename::text FROM pg_rewrite w WHERE w.ev_class = c.oid) AS rules,
       ARRAY(SELECT i.inhrelid::regclass::text FROM pg_inherits i WHERE i.inhparent = c.oid AND c.relkind = 'r') AS heirs
     FROM pg_class c WHERE c.oid = $1::oid`,
    [table.oid],
  )
  const [row] = rows
  return [
    ...foreign,
    ...(row?.owned === false ? [`${shown} belongs to another role`] : []),
    ...(row?.rules ?? []).map(rule => `${shown} has the rule ${rule}, which would rewrite what is written to it`),
    ...(row?.heirs ?? []).map(heir => `${heir} inherits from ${shown}, and its rows would stay`),
  ]
}
