import {statfs} from 'node:fs/promises'
import type {Client} from 'pg'
import type {Conninfo} from '../../../connections/postgres/conninfo.ts'
import {isSocket} from '../../../connections/postgres/hosts.ts'
import {withSession} from '../../../connections/postgres/session.ts'
import type {DatabaseProperties} from '../../manifest.ts'

/** A server that a backup may be restored to, as the configured role sees it. */
export interface TargetServer {
  readonly role: {
    readonly name: string
    readonly superuser: boolean
    readonly createDatabase: boolean
    readonly createRole: boolean
    /** Roles that it may act as, itself among them. */
    readonly actsAs: readonly string[]
  }
  /** Nothing can be written there. */
  readonly standby: boolean
  readonly major: number
  readonly version: string
  readonly roles: readonly string[]
  readonly tablespaces: readonly string[]
  /** By name: every version that is available, the default one, and whether this role may create it. */
  readonly extensions: ReadonlyMap<string, {readonly version: string; readonly allowed: boolean}>
  /** Locales of its databases and collations. */
  readonly locales: readonly string[]
  /** Of the asked locale, where the server can tell. */
  readonly collationVersion: string | null
  /** Settings that only a superuser may set. */
  readonly guarded: readonly string[]
  /** Free bytes where its data is; undefined when that is on another host or not to be seen. */
  readonly freeBytes: number | undefined
}

/** Reads it without a lock and without a change. Raises `database/unreachable`. */
export async function readTargetServer(
  admin: Conninfo,
  wanted: Pick<DatabaseProperties, 'collate' | 'provider'>,
  signal: AbortSignal,
): Promise<TargetServer> {
  return withSession(admin, signal, async (client, reached) => {
    const {rows} =
      await client.query<Omit<TargetServer, 'role' | 'extensions' | 'freeBytes' | 'collationVersion'>>(SERVER)
    const roles = await client.query<TargetServer['role']>(ROLE)
    const [server, role] = [rows[0], roles.rows[0]]
    if (server === undefined || role === undefined) throw new Error('the server did not say what it is')
    const extensions = await client.query<{name: string; version: string; allowed: boolean}>(EXTENSIONS)
    const local = isSocket(reached) || /^(localhost|127\.|::1$)/.test(reached.host)
    return {
      ...server,
      role,
      extensions: new Map(extensions.rows.map(({name, ...rest}) => [name, rest])),
      collationVersion: server.major >= 15 ? await collationVersion(client, wanted) : null,
      freeBytes: local ? await freeBytes(client) : undefined,
    }
  })
}

const SERVER = `
  SELECT pg_is_in_recovery() AS standby, current_setting('server_version_num')::int / 10000 AS major, current_setting('server_version') AS version,
    ARRAY(SELECT rolname::text FROM pg_roles) AS roles, ARRAY(SELECT spcname::text FROM pg_tablespace) AS tablespaces,
    ARRAY(SELECT datcollate::text FROM pg_database UNION SELECT datctype::text FROM pg_database
      UNION SELECT collcollate::text FROM pg_collation WHERE collcollate IS NOT NULL UNION SELECT 'C' UNION SELECT 'POSIX') AS locales,
    ARRAY(SELECT name FROM pg_settings WHERE context = 'superuser') AS guarded`

const ROLE = `
  SELECT rolname AS name, rolsuper AS superuser, rolcreatedb AS "createDatabase", rolcreaterole AS "createRole",
    ARRAY(SELECT o.rolname::text FROM pg_roles o WHERE pg_has_role(r.oid, o.oid, 'MEMBER')) AS "actsAs"
  FROM pg_roles r WHERE rolname = current_user`

/** A trusted extension may be created by whoever may create in the database: the owner of the copy. */
const EXTENSIONS = `
  SELECT e.name, e.default_version AS version, NOT v.superuser OR
    coalesce((to_jsonb(v) ->> 'trusted')::boolean, false) OR (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) AS allowed
  FROM pg_available_extensions e JOIN pg_available_extension_versions v ON v.name = e.name AND v.version = e.default_version`

async function collationVersion(
  client: Client,
  {collate, provider}: Pick<DatabaseProperties, 'collate' | 'provider'>,
): Promise<string | null> {
  const {rows} = await client.query<{version: string | null}>(
    `SELECT pg_database_collation_actual_version(oid) AS version FROM pg_database
     WHERE datcollate = $1 AND datlocprovider = $2 LIMIT 1`,
    [collate, provider],
  )
  return rows[0]?.version ?? null
}

async function freeBytes(client: Client): Promise<number | undefined> {
  const directory = await client
    .query<{directory: string}>("SELECT current_setting('data_directory') AS directory")
    .then(({rows}) => rows[0]?.directory)
    .catch(() => undefined)
  if (directory === undefined) return undefined
  const found = await statfs(directory).catch(() => undefined)
  return found === undefined ? undefined : found.bavail * found.bsize
}
