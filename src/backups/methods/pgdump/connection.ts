import {readFile} from 'node:fs/promises'
import type {ConnectionOptions} from 'node:tls'
import type {Client} from 'pg'
import {messageOf, OpsError} from '../../../errors.ts'
import {escapeLine} from '../../../text/escape.ts'

/** Where a PostgreSQL database is and how to log in. `host` may be a directory with a socket. */
export interface Connection {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string | undefined
  readonly database: string
  /** libpq's word: disable, allow, prefer, require, verify-ca, verify-full. */
  readonly sslmode: string | undefined
  readonly sslrootcert: string | undefined
}

/** Parses `postgres://user:password@host:port/database?sslmode=...`. Raises `config/invalid` without the password. */
export function parseConnection(url: string): Connection {
  const fail = (): never => {
    throw new OpsError('config/invalid', 'the database URL should be postgres://user@host:port/database')
  }
  if (!/^postgres(?:ql)?:\/\//.test(url)) fail()
  // An empty host with a user (socket in ?host=) is fine for libpq, not for URL.
  const text = url.replace(/^(postgres(?:ql)?:\/\/[^/?#]*@)(?=[/?]|$)/, '$1socket')
  if (!URL.canParse(text)) fail()
  const parsed = new URL(text)
  const user = decodeURIComponent(parsed.username) || parsed.searchParams.get('user') || 'postgres'
  const host = parsed.searchParams.get('host') ?? decodeURIComponent(parsed.hostname.replace(/^\[|\]$/g, ''))
  return {
    host: host === '' || host === 'socket' ? '/var/run/postgresql' : host,
    port: Number(parsed.searchParams.get('port') ?? (parsed.port || '5432')),
    user,
    password: decodeURIComponent(parsed.password) || (parsed.searchParams.get('password') ?? undefined),
    database: decodeURIComponent(parsed.pathname.slice(1)) || user,
    sslmode: parsed.searchParams.get('sslmode') ?? undefined,
    sslrootcert: parsed.searchParams.get('sslrootcert') ?? undefined,
  }
}

/** `user@host:port/database`, for people. */
export const describeConnection = (connection: Connection): string =>
  escapeLine(`${connection.user}@${connection.host}:${connection.port}/${connection.database}`, 200)

/** The environment for pg_dump and pg_restore: the password never stands in their arguments. */
export function libpqEnvironment(connection: Connection): Record<string, string> {
  return {
    PGHOST: connection.host,
    PGPORT: String(connection.port),
    PGUSER: connection.user,
    PGDATABASE: connection.database,
    PGCONNECT_TIMEOUT: '10',
    PGAPPNAME: 'opsconsole',
    ...(connection.password === undefined ? {} : {PGPASSWORD: connection.password}),
    ...(connection.sslmode === undefined ? {} : {PGSSLMODE: connection.sslmode}),
    ...(connection.sslrootcert === undefined ? {} : {PGSSLROOTCERT: connection.sslrootcert}),
  }
}

/** `dbname='...'` for `--dbname`, where a bare name with `=` in it would be read as a connection string. */
export const databaseArgument = (name: string): string =>
  `--dbname=dbname='${name.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`

/** Opens a session, runs the work, closes it; the signal closes it too. Raises `database/unreachable`. */
export async function withSession<T>(
  connection: Connection,
  signal: AbortSignal,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted()
  const client = await connect(connection)
  const stop = (): void => void client.end().catch(() => undefined)
  signal.addEventListener('abort', stop, {once: true})
  try {
    return await work(client)
  } catch (error) {
    signal.throwIfAborted()
    throw error
  } finally {
    signal.removeEventListener('abort', stop)
    await client.end().catch(() => undefined)
  }
}

async function connect(connection: Connection): Promise<Client> {
  const pg = (await import('pg')).default
  const client = new pg.Client({
    host: connection.host,
    port: connection.port,
    user: connection.user,
    password: connection.password ?? '',
    database: connection.database,
    application_name: 'opsconsole',
    connectionTimeoutMillis: 10_000,
    ssl: await tlsOf(connection),
  })
  // A server that goes away mid-session is reported by the query in flight, never as an uncaught event.
  client.on('error', () => undefined)
  try {
    await client.connect()
    return client
  } catch (cause) {
    await client.end().catch(() => undefined)
    throw new OpsError(
      'database/unreachable',
      `cannot connect to ${describeConnection(connection)}: ${escapeLine(messageOf(cause), 300)}`,
      {cause},
    )
  }
}

/** As libpq: require encrypts, verify-ca also checks the certificate, verify-full also the host's name. */
async function tlsOf(connection: Connection): Promise<boolean | ConnectionOptions> {
  const mode = connection.sslmode
  if (mode === 'require') return {rejectUnauthorized: false}
  if (mode !== 'verify-ca' && mode !== 'verify-full') return false
  return {
    rejectUnauthorized: true,
    ...(connection.sslrootcert === undefined ? {} : {ca: await readFile(connection.sslrootcert, 'utf8')}),
    ...(mode === 'verify-ca' ? {checkServerIdentity: () => undefined} : {}),
  }
}

/** A quoted SQL identifier. */
export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`
/** A quoted SQL text. */
export const quoteText = (text: string): string =>
  text.includes('\\') ? `E'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'` : `'${text.replaceAll("'", "''")}'`
