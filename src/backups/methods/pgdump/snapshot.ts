import type {Client} from 'pg'
import type {DatabaseProperties, Needs} from '../../manifest.ts'
import {readDatabaseRoles} from './database-roles.ts'
import {readNeeds} from './needs.ts'

/** One moment of a database, held open by the session's transaction, for others to read with `--snapshot`. */
export interface Snapshot {
  readonly name: string
  readonly lsn: string
  readonly serverTime: string
  readonly serverVersion: string
  readonly major: number
  readonly systemIdentifier: string | null
  readonly databaseBytes: number
  readonly properties: DatabaseProperties
  readonly needs: Needs
}

/** Of the transaction that `beginMeasuring` began. The session must stay open until every reader has imported it. */
export async function openSnapshot(client: Client): Promise<Snapshot> {
  const {rows} = await client.query<Record<'name' | 'lsn' | 'time' | 'version' | 'number' | 'bytes', string>>(`
    SELECT pg_export_snapshot() AS name,
      (CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END)::text AS lsn,
      to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS time,
      current_setting('server_version') AS version, current_setting('server_version_num') AS number,
      pg_database_size(current_database())::text AS bytes`)
  const row = rows[0]
  if (row === undefined) throw new Error('the server exported no snapshot')
  const properties = await readProperties(client, Math.floor(Number(row.number) / 10_000))
  return {
    name: row.name,
    lsn: row.lsn,
    serverTime: row.time,
    serverVersion: row.version,
    major: Math.floor(Number(row.number) / 10_000),
    systemIdentifier: await systemIdentifier(client),
    databaseBytes: Number(row.bytes),
    properties,
    needs: await readNeeds(client, properties),
  }
}

/** Needs a privilege that not every role has; null then. A savepoint keeps the snapshot's transaction alive. */
async function systemIdentifier(client: Client): Promise<string | null> {
  await client.query('SAVEPOINT identifier')
  try {
    const {rows} = await client.query<{id: string}>('SELECT system_identifier::text AS id FROM pg_control_system()')
    return rows[0]?.id ?? null
  } catch {
    await client.query('ROLLBACK TO SAVEPOINT identifier')
    return null
  }
}

async function readProperties(client: Client, major: number): Promise<DatabaseProperties> {
  // The column of the ICU locale was renamed in PostgreSQL 17, and came with 15.
  const icu = major >= 17 ? 'd.datlocale' : major >= 15 ? 'd.daticulocale' : 'NULL::text'
  const provider = major >= 15 ? 'd.datlocprovider::text' : "'c'"
  const collation = major >= 15 ? 'd.datcollversion' : 'NULL::text'
  const database = await client.query<{
    owner: string
    encoding: string
    collate: string
    ctype: string
    provider: string
    icu: string | null
    limit: number
    own: boolean
    comment: string | null
    tablespace: string | null
    collationVersion: string | null
  }>(`
    SELECT pg_get_userbyid(d.datdba) AS owner, pg_encoding_to_char(d.encoding) AS encoding, d.datcollate AS collate,
      d.datctype AS ctype, ${provider} AS provider, ${icu} AS icu, d.datconnlimit AS limit, d.datacl IS NOT NULL AS own,
      shobj_description(d.oid, 'pg_database') AS comment, nullif(t.spcname, 'pg_default') AS tablespace,
      ${collation} AS "collationVersion"
    FROM pg_database d JOIN pg_tablespace t ON t.oid = d.dattablespace WHERE d.datname = current_database()`)
  const row = database.rows[0]
  if (row === undefined) throw new Error('the database is not in pg_database')
  return {
    owner: row.owner,
    encoding: row.encoding,
    collate: row.collate,
    ctype: row.ctype,
    provider: row.provider,
    icuLocale: row.icu,
    connectionLimit: row.limit,
    comment: row.comment,
    tablespace: row.tablespace,
    collationVersion: row.collationVersion,
    settings: await readSettings(client),
    grants: row.own ? await readGrants(client) : null,
    roles: (await readDatabaseRoles(client)).map(({name}) => name),
  }
}

async function readSettings(client: Client): Promise<DatabaseProperties['settings']> {
  const {rows} = await client.query<{role: string | null; setting: string}>(`
    SELECT r.rolname AS role, unnest(s.setconfig) AS setting
    FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase LEFT JOIN pg_roles r ON r.oid = s.setrole
    WHERE d.datname = current_database()`)
  return rows.map(({role, setting}) => {
    const at = setting.indexOf('=')
    return {role, name: setting.slice(0, at), value: setting.slice(at + 1)}
  })
}

async function readGrants(client: Client): Promise<NonNullable<DatabaseProperties['grants']>> {
  const {rows} = await client.query<{grantee: string | null; privilege: string; grantable: boolean}>(`
    SELECT r.rolname AS grantee, a.privilege_type AS privilege, a.is_grantable AS grantable
    FROM pg_database d
      CROSS JOIN aclexplode(d.datacl) WITH ORDINALITY AS a (grantor, grantee, privilege_type, is_grantable, place)
      LEFT JOIN pg_roles r ON r.oid = a.grantee
    WHERE d.datname = current_database() AND (a.grantee = 0 OR r.rolname IS NOT NULL)
    ORDER BY a.place`)
  return rows
}
