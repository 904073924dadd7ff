import type {Client} from 'pg'
import type {Conninfo} from '../../connections/postgres/conninfo.ts'
import {databaseArgument, quoteName, quoteText} from '../../connections/postgres/quote.ts'
import {withSession} from '../../connections/postgres/session.ts'
import {messageOf, OpsError} from '../../errors.ts'
import {startTool} from '../../processes/tool.ts'
import {escapeLine} from '../../text/escape.ts'
import {compareMeasurements} from '../compare-measurements.ts'
import {findProgram} from '../methods/pgdump/binaries.ts'
import {readMeasurements} from '../methods/pgdump/measurements.ts'
import {beginMeasuring} from '../methods/pgdump/measuring-session.ts'
import {OWN_SESSION, toolSession} from '../methods/pgdump/tool-session.ts'
import {beside, restoredSchema, schemasOf} from './names.ts'
import type {Staged} from './staged.ts'

export interface BringOptions {
  readonly staged: Staged
  readonly run: string
  /** The copy, and the live database. */
  readonly copy: Conninfo
  readonly live: Conninfo
  readonly binaries: string | undefined
  readonly signal: AbortSignal
  readonly log: (line: string) => void
}

/** What a schema of ours says of itself: nothing else is ever removed. */
export const markOf = (run: string): string => `opsconsole: tables of run ${run}`

/** What the transfer may not be stopped by; it is one transaction, and flushed at its end. */
const BRING_SETTINGS = ['statement_timeout=0', 'lock_timeout=0', 'default_transaction_read_only=off', ...OWN_SESSION]

/**
 * Brings the tables of the copy into schemas of their own in the live database, which nobody but their owner may enter, and
 * compares them there. Nothing that was there is read or written. Raises `backup/restore`, `backup/mismatch`.
 */
export async function bringTables(options: BringOptions): Promise<void> {
  const {staged, run, copy, live, signal, log} = options
  const schemas = schemasOf(staged.members, schema => restoredSchema(schema, run))
  await withSession(live, signal, async (client, liveEntry) => {
    await dropOwn(client, schemas, run)
    for (const schema of schemas)
      await client.query(
        `CREATE SCHEMA ${quoteName(schema)}; COMMENT ON SCHEMA ${quoteName(schema)} IS ${quoteText(markOf(run))}`,
      )
    const major = await majorOf(client)
    const find = (program: string): Promise<string> => findProgram(program, major, {directory: options.binaries})
    const [pgDump, pgRestore] = [await find('pg_dump'), await find('pg_restore')]
    const env = await toolSession(client, {conninfo: live, entry: liveEntry}, BRING_SETTINGS)
    const copyEnv = await withSession(copy, signal, (other, entry) =>
      toolSession(other, {conninfo: copy, entry}, OWN_SESSION),
    )
    await transfer({
      dump: [pgDump, ...dumpArguments(schemas), databaseArgument(copy.database)],
      dumpEnv: copyEnv,
      restore: [
        pgRestore,
        ...schemas.map(schema => `--schema=${schema}`),
        '--single-transaction',
        '--exit-on-error',
        '--no-password',
        databaseArgument(live.database),
      ],
      restoreEnv: env,
      signal,
      log,
    })
    await compareThere(client, options)
  })
}

/** Quoted in a pattern means literally. */
const dumpArguments = (schemas: readonly string[]): readonly string[] => [
  '--format=custom',
  '--compress=0',
  '--no-password',
  '--no-publications',
  '--no-subscriptions',
  ...schemas.map(schema => `--schema=${quoteName(schema)}`),
]

async function transfer(options: {
  readonly dump: readonly string[]
  readonly dumpEnv: Readonly<Record<string, string>>
  readonly restore: readonly string[]
  readonly restoreEnv: Readonly<Record<string, string>>
  readonly signal: AbortSignal
  readonly log: (line: string) => void
}): Promise<void> {
  const own = new AbortController()
  const common = {signal: AbortSignal.any([options.signal, own.signal]), onLine: options.log}
  const restore = startTool(options.restore, {...common, env: options.restoreEnv, stdin: 'pipe', stdout: 'none'})
  if (restore.stdin === undefined) throw new Error('pg_restore has no standard input')
  const dump = startTool(options.dump, {...common, env: options.dumpEnv, stdin: 'none', stdout: restore.stdin})
  try {
    await Promise.all([dump.ended, restore.ended])
  } catch {
    // Whoever of the two broke off first, pg_restore says what was wrong with the tables; pg_dump that nobody reads on.
    const [ofRestore, ofDump] = await Promise.allSettled([restore.ended, dump.ended])
    own.abort()
    options.signal.throwIfAborted()
    const said = [ofRestore, ofDump].flatMap(each => (each.status === 'rejected' ? [messageOf(each.reason)] : []))
    throw new OpsError('backup/restore', `the tables were not brought: ${escapeLine(said.join('; '), 600)}`, {
      hint: 'Nothing of the live database was changed.',
    })
  }
}

/** The same rows as in the copy, and so as in the manifest. */
async function compareThere(client: Client, {staged, run, signal}: BringOptions): Promise<void> {
  const tables = staged.measured.map(table => ({...table, ...beside(table, run)}))
  const ownPath = await beginMeasuring(client)
  const before = {tables, unproved: []}
  const only = staged.members.map(member => beside(member, run))
  const found = await readMeasurements(client, {signal, ownPath, before, only})
  await client.query('COMMIT')
  const known = found.tables.filter(table =>
    tables.some(({schema, name}) => schema === table.schema && name === table.name),
  )
  const differences = compareMeasurements(before, {...found, tables: known, unproved: []})
  if (differences.length === 0) return
  throw new OpsError(
    'backup/mismatch',
    `brought, but not equal: ${differences.map(({table, reason}) => `${table}: ${reason}`).join('; ')}`,
    {hint: 'The live tables were not touched.'},
  )
}

/** Removes these schemas where a run of ours made them; nothing to do where there are none. Raises `backup/unfit` for others. */
export async function dropOwn(client: Client, schemas: readonly string[], run: string): Promise<void> {
  for (const schema of schemas) {
    const {rows} = await client.query<{mark: string | null}>(
      `SELECT obj_description(oid, 'pg_namespace') AS mark FROM pg_namespace WHERE nspname = $1`,
      [schema],
    )
    const [found] = rows
    if (found === undefined) continue
    if (found.mark !== markOf(run))
      throw new OpsError('backup/unfit', `there is a schema ${schema} that this run did not make`, {
        hint: 'Look at it, and give it another name.',
      })
    await client.query(`DROP SCHEMA ${quoteName(schema)} CASCADE`)
  }
}

async function majorOf(client: Client): Promise<number> {
  const {rows} = await client.query<{major: number}>(
    `SELECT current_setting('server_version_num')::int / 10000 AS major`,
  )
  return rows[0]?.major ?? 15
}
