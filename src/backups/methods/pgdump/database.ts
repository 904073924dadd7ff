import type {Conninfo} from '../../../connections/postgres/conninfo.ts'
import {databaseArgument, quoteName, quoteText} from '../../../connections/postgres/quote.ts'
import {withSession} from '../../../connections/postgres/session.ts'
import type {DatabaseProperties} from '../../manifest.ts'

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
  /** On a scratch server the roles are made first; on a live one a missing role is an error. */
  readonly createRoles: boolean
  readonly signal: AbortSignal
}

/** An empty database like the one that was dumped: owner, encoding, locale, settings, privileges. */
export async function createDatabaseLike(options: CreateDatabaseOptions): Promise<void> {
  const {properties, name} = options
  await withSession(options.admin, options.signal, async client => {
    if (options.createRoles) {
      const {rows} = await client.query<{rolname: string}>('SELECT rolname FROM pg_roles')
      const there = new Set(rows.map(row => row.rolname))
      for (const role of rolesOf(properties)) if (!there.has(role)) await client.query(`CREATE ROLE ${quoteName(role)}`)
    }
    for (const statement of createStatements(name, properties)) await client.query(statement)
  })
}

const rolesOf = (properties: DatabaseProperties): readonly string[] => [
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
  const statements = [
    `CREATE DATABASE ${target} TEMPLATE template0 OWNER ${quoteName(properties.owner)}` +
      ` ENCODING ${quoteText(properties.encoding)} LC_COLLATE ${quoteText(properties.collate)}` +
      ` LC_CTYPE ${quoteText(properties.ctype)}${provider} CONNECTION LIMIT ${properties.connectionLimit}`,
  ]
  for (const {role, name: setting, value} of properties.settings) {
    const who = role === null ? `DATABASE ${target}` : `ROLE ${quoteName(role)} IN DATABASE ${target}`
    statements.push(`ALTER ${who} SET ${setting.split('.').map(quoteName).join('.')} = ${settingValue(setting, value)}`)
  }
  if (properties.grants !== null) {
    statements.push(`REVOKE ALL ON DATABASE ${target} FROM PUBLIC`)
    for (const {grantee, privilege, grantable} of properties.grants)
      if (grantee !== properties.owner)
        statements.push(
          `GRANT ${privilege.replace(/[^A-Z ]/g, '')} ON DATABASE ${target} TO ` +
            `${grantee === null ? 'PUBLIC' : quoteName(grantee)}${grantable ? ' WITH GRANT OPTION' : ''}`,
        )
  }
  return statements
}

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
  await withSession(into, signal, client => client.query('SET statement_timeout = 0; ANALYZE'))
}

/** A durable write through a new session, the way an application would come. */
export async function writeOnce(into: Conninfo, signal: AbortSignal): Promise<void> {
  await withSession(into, signal, async client => {
    await client.query('SET synchronous_commit = on')
    await client.query('CREATE TABLE public.opsconsole_first_write (at timestamptz NOT NULL)')
    await client.query('INSERT INTO public.opsconsole_first_write VALUES (now())')
    await client.query('DROP TABLE public.opsconsole_first_write')
  })
}
