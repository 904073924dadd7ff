import type {Client} from 'pg'
import type {Conninfo} from '../../../connections/postgres/conninfo.ts'
import {databaseArgument, quoteName, quoteText} from '../../../connections/postgres/quote.ts'
import {withSession} from '../../../connections/postgres/session.ts'
import type {DatabaseProperties, Needs} from '../../manifest.ts'
import {type ScratchServer, scratchTablespace} from '../../scratch.ts'

/** pg_restore's arguments: the first error ends it, or a restore with half its tables would count as done. */
export const restoreArguments = (database: string): readonly string[] => [
  databaseArgument(database),
  '--exit-on-error',
  '--no-password',
]

export interface CreateDatabaseOptions {
  /** A session on another database of the same server, as a role that may create databases. */
  readonly admin: Conninfo
  readonly name: string
  readonly properties: DatabaseProperties
  readonly needs: Needs | null
  /** There the roles and tablespaces are made first, bare; on a live server a missing one is an error. */
  readonly scratch?: ScratchServer
  readonly signal: AbortSignal
}

/** An empty database like the one that was dumped: owner, encoding, locale, settings, privileges. */
export async function createDatabaseLike(options: CreateDatabaseOptions): Promise<void> {
  const {properties, name, scratch} = options
  await withSession(options.admin, options.signal, async client => {
    if (scratch !== undefined) await furnish(client, options, scratch)
    for (const statement of createStatements(name, properties)) await client.query(statement)
  })
}

async function furnish(client: Client, options: CreateDatabaseOptions, scratch: ScratchServer): Promise<void> {
  const roles = await client.query<{name: string}>('SELECT rolname AS name FROM pg_roles')
  const tablespaces = await client.query<{name: string}>('SELECT spcname AS name FROM pg_tablespace')
  const lacking = (wanted: readonly string[], {rows}: {rows: readonly {name: string}[]}): readonly string[] =>
    [...new Set(wanted)].filter(name => !rows.some(row => row.name === name))
  const {properties, needs} = options
  for (const role of lacking(rolesOf(properties), roles)) await client.query(`CREATE ROLE ${quoteName(role)}`)
  const wanted = [properties.tablespace ?? [], needs?.tablespaces.map(tablespace => tablespace.name) ?? []].flat()
  for (const tablespace of lacking(wanted, tablespaces)) {
    const directory = await scratchTablespace(scratch)
    await client.query(`CREATE TABLESPACE ${quoteName(tablespace)} LOCATION ${quoteText(directory)}`)
  }
}

/** Every role that the database names. */
export const rolesOf = (properties: DatabaseProperties): readonly string[] => [
  ...new Set([
    ...properties.roles,
    properties.owner,
    ...properties.settings.flatMap(setting => setting.role ?? []),
    ...(properties.grants ?? []).flatMap(grant => grant.grantee ?? []),
  ]),
]

/** Pure: the statements that make the database. */
export function createStatements(name: string, properties: DatabaseProperties): readonly string[] {
  const target = quoteName(name)
  const provider =
    properties.provider === 'i' && properties.icuLocale !== null
      ? ` LOCALE_PROVIDER icu ICU_LOCALE ${quoteText(properties.icuLocale)}`
      : ''
  const tablespace = properties.tablespace === null ? '' : ` TABLESPACE ${quoteName(properties.tablespace)}`
  return [
    `CREATE DATABASE ${target} TEMPLATE template0 OWNER ${quoteName(properties.owner)}` +
      ` ENCODING ${quoteText(properties.encoding)} LC_COLLATE ${quoteText(properties.collate)}` +
      ` LC_CTYPE ${quoteText(properties.ctype)}${provider}${tablespace} CONNECTION LIMIT ${properties.connectionLimit}`,
    ...(properties.comment === null ? [] : [`COMMENT ON DATABASE ${target} IS ${quoteText(properties.comment)}`]),
    ...properties.settings.map(({role, name: setting, value}) => {
      const who = role === null ? `DATABASE ${target}` : `ROLE ${quoteName(role)} IN DATABASE ${target}`
      return `ALTER ${who} SET ${setting.split('.').map(quoteName).join('.')} = ${settingValue(setting, value)}`
    }),
    ...privilegeStatements(target, properties),
  ]
}

type Grant = NonNullable<DatabaseProperties['grants']>[number]
/** What PostgreSQL grants on a new database by itself: to everybody, and to its owner. */
const PUBLIC_RIGHTS = ['CONNECT', 'TEMPORARY']
const OWNER_RIGHTS = ['CREATE', 'TEMPORARY', 'CONNECT']

/** Only what differs from the defaults, in the order of the original: the list then reads the same. */
function privilegeStatements(target: string, {grants, owner}: DatabaseProperties): readonly string[] {
  if (grants === null) return []
  const has = (grantee: string | null, privilege: string): boolean =>
    grants.some(grant => grant.grantee === grantee && grant.privilege === privilege)
  const usual = ({grantee, privilege, grantable}: Grant): boolean =>
    !grantable &&
    ((grantee === owner && OWNER_RIGHTS.includes(privilege)) || (grantee === null && PUBLIC_RIGHTS.includes(privilege)))
  const lacking = (grantee: string | null, rights: readonly string[]): readonly string[] =>
    rights
      .filter(privilege => !has(grantee, privilege))
      .map(privilege => `REVOKE ${privilege} ON DATABASE ${target} FROM ${granteeName(grantee)}`)
  return [
    ...lacking(null, PUBLIC_RIGHTS),
    ...lacking(owner, OWNER_RIGHTS),
    ...grants
      .filter(grant => !usual(grant))
      .map(
        ({grantee, privilege, grantable}) =>
          `GRANT ${privilege.replace(/[^A-Z ]/g, '')} ON DATABASE ${target} TO ${granteeName(grantee)}${grantable ? ' WITH GRANT OPTION' : ''}`,
      ),
  ]
}

const granteeName = (grantee: string | null): string => (grantee === null ? 'PUBLIC' : quoteName(grantee))

/** These are kept by PostgreSQL as lists of already quoted names; quoting them once more would make one long name. */
const LISTS = new Set(['search_path', 'session_preload_libraries', 'local_preload_libraries', 'temp_tablespaces'])

const settingValue = (name: string, value: string): string =>
  LISTS.has(name) && value !== '' && value !== '""'
    ? splitNames(value).map(quoteText).join(', ')
    : quoteText(value === '""' ? '' : value)

const splitNames = (list: string): readonly string[] =>
  [...list.matchAll(/"((?:[^"]|"")*)"|[^\s,]+/g)].map(match => match[1]?.replaceAll('""', '"') ?? match[0])

/** Removes a database of ours, with the sessions on it. Nothing to do when it is not there. */
export async function dropDatabase(admin: Conninfo, name: string, signal: AbortSignal): Promise<void> {
  await withSession(admin, signal, client => client.query(`DROP DATABASE IF EXISTS ${quoteName(name)} WITH (FORCE)`))
}

/** A restored database has no statistics; without them its first queries are planned blindly. */
export async function analyzeDatabase(into: Conninfo, signal: AbortSignal): Promise<void> {
  await withSession(into, signal, client => client.query('SET statement_timeout = 0; SET ROLE NONE; ANALYZE'))
}

/**
 * A durable write through a new session, the way an application would come; read back and taken away again. A large object:
 * it needs no schema, no right on one, and wakes no event trigger of the application.
 */
export async function writeOnce(into: Conninfo, signal: AbortSignal): Promise<void> {
  await withSession(into, signal, async client => {
    const inTransaction = 'BEGIN READ WRITE; SET LOCAL synchronous_commit = on'
    await client.query(inTransaction)
    const written = await client.query<{oid: string}>(`SELECT lo_from_bytea(0, 'opsconsole')::text AS oid`)
    await client.query('COMMIT')
    const oid = written.rows[0]?.oid
    const {rows} = await client.query<{text: string}>(`SELECT encode(lo_get($1::oid), 'escape') AS text`, [oid])
    await client.query(inTransaction)
    await client.query('SELECT lo_unlink($1::oid)', [oid])
    await client.query('COMMIT')
    if (rows[0]?.text !== 'opsconsole') throw new Error('what was written was not read back')
  })
}
