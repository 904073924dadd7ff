import type {Client} from 'pg'
import type {DatabaseProperties} from '../../manifest.ts'

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
  return {
    name: row.name,
    lsn: row.lsn,
    serverTime: row.time,
    serverVersion: row.version,
    major: Math.floor(Number(row.number) / 10_000),
    systemIdentifier: await systemIdentifier(client),
    databaseBytes: Number(row.bytes),
    properties: await readProperties(client, Math.floor(Number(row.number) / 10_000)),
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
  const database = await client.query<{
    owner: string
    encoding: string
    collate: string
    ctype: string
    provider: string
    icu: string | null
    limit: number
    own: boolean
  }>(`
    SELECT pg_get_userbyid(d.datdba) AS owner, pg_encoding_to_char(d.encoding) AS encoding, d.datcollate AS collate,
      d.datctype AS ctype, ${provider} AS provider, ${icu} AS icu, d.datconnlimit AS limit, d.datacl IS NOT NULL AS own
    FROM pg_database d WHERE d.datname = current_database()`)
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
    settings: await readSettings(client),
    grants: row.own ? await readGrants(client) : null,
    roles: await readRoles(client),
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
    FROM pg_database d CROSS JOIN aclexplode(d.datacl) a LEFT JOIN pg_roles r ON r.oid = a.grantee
    WHERE d.datname = current_database() AND (a.grantee = 0 OR r.rolname IS NOT NULL)
    ORDER BY 1 NULLS FIRST, 2`)
  return rows
}

/** Roles that the dump's OWNER TO and GRANT lines name. The bootstrap role (10) is never listed in pg_shdepend. */
async function readRoles(client: Client): Promise<string[]> {
  const {rows} = await client.query<{name: string}>(`
    SELECT r.rolname AS name FROM pg_roles r
    WHERE r.oid = 10 OR r.oid = (SELECT datdba FROM pg_database WHERE datname = current_database())
      OR EXISTS (SELECT FROM pg_shdepend s JOIN pg_database d ON d.datname = current_database()
        WHERE s.refclassid = 'pg_authid'::regclass AND s.refobjid = r.oid
          AND (s.dbid = d.oid OR (s.dbid = 0 AND s.classid = 'pg_database'::regclass AND s.objid = d.oid)))
    ORDER BY 1`)
  return rows.map(row => row.name).filter(name => !name.startsWith('pg_'))
}
