import {OpsError} from '../errors.ts'

/** How many connections all instances of both slots hold at most, and to which database. */
export interface Pool {
  readonly database: string
  readonly connections: number
  readonly instances: number
}

/** One row, of this role in this database. */
const LIMITS_QUESTION = `select current_setting('max_connections') as max_connections,
  current_setting('superuser_reserved_connections') as superuser_reserved_connections,
  current_setting('reserved_connections', true) as reserved_connections, datconnlimit, rolconnlimit
  from pg_database, pg_roles where datname = current_database() and rolname = current_user`

const numberOf = (limits: Readonly<Record<string, string | null>>, name: string): number => Number(limits[name] ?? 0)

/** Where the limits are asked for: what `ops.database` gives. */
export type AskDatabase = (name: string) => {
  query(sql: string): Promise<readonly Readonly<Record<string, string | null>>[]>
}

/** See `ReleaseOps.requireRoom`. */
export async function requireRoom(pool: Pool | undefined, ask: AskDatabase): Promise<string | undefined> {
  if (pool === undefined) return undefined
  let limits: Readonly<Record<string, string | null>> | undefined
  try {
    limits = (await ask(pool.database).query(LIMITS_QUESTION))[0]
  } catch {
    // Who deploys a repair while the database is away is not held up by it.
  }
  return limits === undefined ? `not compared: ${pool.database} could not be asked` : roomWords(pool, limits)
}

/** Raises `release/not-ready` when both slots together may hold more than the server, the database or the role has for them. */
function roomWords(pool: Pool, limits: Readonly<Record<string, string | null>>): string {
  const server =
    numberOf(limits, 'max_connections') -
    numberOf(limits, 'superuser_reserved_connections') -
    numberOf(limits, 'reserved_connections')
  // -1 is no limit of its own.
  const own = ['datconnlimit', 'rolconnlimit'].map(name => numberOf(limits, name)).filter(limit => limit > 0)
  const most = Math.min(server, ...own)
  const each = pool.connections / pool.instances
  const words = `${pool.instances} instances of both slots hold up to ${pool.connections} connections to ${pool.database} (${each} each), and it takes ${most}`
  if (pool.connections <= most) return words
  throw new OpsError('release/not-ready', words, {
    hint: 'While both slots run, whoever comes last gets no connection. Make the pools smaller, raise max_connections, or put a pooler between.',
  })
}
