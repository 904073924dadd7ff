import type {Client} from 'pg'
import type {Conninfo} from '../../../connections/postgres/conninfo.ts'
import {quoteText} from '../../../connections/postgres/quote.ts'
import {withSession} from '../../../connections/postgres/session.ts'
import {type GlobalNames, missingNames, missingStatements, parseGlobals, relocated} from './global-statements.ts'

/** Roles and tablespaces that the text has and the server has not. Changes nothing. */
export async function readMissingGlobals(sql: string, admin: Conninfo, signal: AbortSignal): Promise<GlobalNames> {
  return withSession(admin, signal, async client => missingNames(parseGlobals(sql), await readNames(client)))
}

/**
 * Makes what is missing, and says what it was. Roles with what is theirs are one transaction. `locate` gives the directory of
 * a tablespace where the original's is not to be used.
 */
export async function createGlobals(
  sql: string,
  admin: Conninfo,
  options: {readonly signal: AbortSignal; readonly locate?: (tablespace: string) => Promise<string>},
): Promise<GlobalNames> {
  return withSession(admin, options.signal, async client => {
    const statements = parseGlobals(sql)
    const there = await readNames(client)
    const missing = missingNames(statements, there)
    const wanted = missingStatements(statements, there)
    await client.query('BEGIN; SET LOCAL standard_conforming_strings = on')
    await client.query(UNLOGGED)
    try {
      for (const statement of wanted.roles) await client.query(statement)
      await client.query('COMMIT')
    } catch (error) {
      await client.query('ROLLBACK')
      throw error
    }
    for (const statement of wanted.tablespaces) {
      const [tablespace = ''] = missingNames(parseGlobals(`${statement};`), {roles: [], tablespaces: []}).tablespaces
      const moved =
        options.locate === undefined ? statement : relocated(statement, quoteText(await options.locate(tablespace)))
      await client.query(moved)
    }
    return missing
  })
}

/** No password hash is to be in the server's log: of all statements, of slow ones, of failed ones. Only a superuser may say so. */
const UNLOGGED = `
  SELECT set_config(name, quiet, true) FROM pg_settings JOIN (VALUES ('log_statement', 'none'), ('log_min_error_statement', 'panic'),
    ('log_min_duration_statement', '-1'), ('log_min_duration_sample', '-1')) AS s (name, quiet) USING (name)
  WHERE (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)`

async function readNames(client: Client): Promise<GlobalNames> {
  const {rows} = await client.query<{name: string; tablespace: boolean}>(
    `SELECT rolname AS name, false AS tablespace FROM pg_roles UNION ALL SELECT spcname, true FROM pg_tablespace`,
  )
  const names = (tablespace: boolean): readonly string[] =>
    rows.filter(row => row.tablespace === tablespace).map(row => row.name)
  return {roles: names(false), tablespaces: names(true)}
}
