import {addressOfRef} from '../connections/address.ts'
import {keepPostgres} from '../connections/postgres/kept.ts'
import {reasonOf} from '../connections/reason.ts'
import {sqlState} from '../connections/postgres/sql-state.ts'
import {OpsError} from '../errors.ts'
import type {OpsTools} from '../kinds/ops-tools.ts'
import {escapeLine} from '../text/escape.ts'
import type {PlacedDatabase} from './target.ts'

/** What runbooks can do with a database. */
export interface DatabaseOps {
  readonly name: string
  /**
   * Rows of a read-only query, values as text. The server itself refuses writes, so this is also safe in a dry run.
   * Raises `database/unreachable` or `database/query`.
   */
  query(sql: string, values?: readonly (string | number)[]): Promise<readonly Record<string, string | null>[]>
}

const QUERY_TIMEOUT_MS = 60_000

/** A connection for each query: steps are rare and far apart, and nothing is left open when a run ends. */
export function createDatabaseOps(config: PlacedDatabase, tools: Pick<OpsTools, 'secret' | 'signal'>): DatabaseOps {
  return {
    name: config.name,
    async query(sql, values) {
      const kept = keepPostgres(() => tools.secret(config.url))
      try {
        return await kept.read(tools.signal, QUERY_TIMEOUT_MS, queries => queries.query(sql, values))
      } catch (cause) {
        tools.signal.throwIfAborted()
        throw queryError(config, kept.address, sql, cause)
      } finally {
        await kept.close()
      }
    },
  }
}

/** SQLSTATE classes 08, 28, 57 and 53, and anything without a code of the server, mean that nobody answered us. */
function queryError(config: PlacedDatabase, address: string | undefined, sql: string, cause: unknown): OpsError {
  const code = sqlState(cause)
  const where = `database ${config.name} (${address ?? addressOfRef(config.url)})`
  const refused = code !== undefined && !/^(?:08|28|53|57P)/.test(code)
  return refused
    ? new OpsError('database/query', `${where}: ${reasonOf(cause)}: ${escapeLine(sql, 200)}`, {cause})
    : new OpsError('database/unreachable', `${where}: ${reasonOf(cause)}`, {
        cause,
        hint: 'Look at it with: opsconsole databases',
      })
}
