import type {Client} from 'pg'
import type {Conninfo} from '../connections/postgres/conninfo.ts'
import {quoteName} from '../connections/postgres/quote.ts'
import {withSession} from '../connections/postgres/session.ts'
import {messageOf, OpsError} from '../errors.ts'
import type {CopySwap} from './methods/method.ts'
import {derived, type SwapNames, type SwapResult} from './swap-names.ts'
import {escapeLine} from '../text/escape.ts'
import {sleep} from '../units/clock.ts'

/** The statements of a swap, as they are recorded. */
export const describeSwap = (names: SwapNames): string =>
  [
    'BEGIN',
    `ALTER DATABASE ${quoteName(names.live)} RENAME TO ${quoteName(names.kept)} (sessions on it terminated)`,
    `ALTER DATABASE ${quoteName(names.restored)} RENAME TO ${quoteName(names.live)}`,
    'COMMIT',
  ].join('; ')

/**
 * Puts the restored database in the live one's place. Both renames are one transaction, and the lock that the first
 * one holds is what keeps new sessions waiting while the old ones are ended. So there is always a database of the live
 * name, the old or the new one, and a crash at any point leaves nothing closed (`ALLOW_CONNECTIONS false` would have).
 * Raises `backup/restore`; everything is as it was then.
 */
export async function swapDatabases(
  admin: Conninfo,
  names: SwapNames,
  options: {readonly signal: AbortSignal; readonly now: () => number},
): Promise<SwapResult> {
  return withSession(admin, options.signal, renamer =>
    withSession(admin, options.signal, async usher => {
      await requireDatabases(renamer, names)
      const begun = options.now()
      const done = new AbortController()
      const ending = endSessions(usher, [names.live, names.restored], done.signal)
      // What stops it (no right to end a session, say) is shown by the rename that then fails.
      ending.catch(() => undefined)
      try {
        await rename(renamer, names)
      } catch (cause) {
        options.signal.throwIfAborted()
        throw new OpsError(
          'backup/restore',
          `the swap failed, ${names.live} is as it was: ${escapeLine(messageOf(cause), 300)}`,
          {cause, hint: 'Look for sessions that cannot be ended or prepared transactions on the database.'},
        )
      } finally {
        done.abort()
        await ending.catch(() => undefined)
      }
      return {awayMs: options.now() - begun, terminated: await ending.catch(() => 0)}
    }),
  )
}

/** Which of the names exist. */
export async function existingDatabases(
  admin: Conninfo,
  names: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  return withSession(admin, signal, client => databasesNamed(client, names))
}

async function databasesNamed(client: Client, names: readonly string[]): Promise<ReadonlySet<string>> {
  const {rows} = await client.query<{datname: string}>('SELECT datname FROM pg_database WHERE datname = ANY ($1)', [
    names,
  ])
  return new Set(rows.map(row => row.datname))
}

async function requireDatabases(client: Client, names: SwapNames): Promise<void> {
  const there = await databasesNamed(client, [names.live, names.restored, names.kept])
  const wrong = there.has(names.kept)
    ? `a database ${names.kept} already exists`
    : [names.restored, names.live].find(name => !there.has(name))
  if (wrong !== undefined)
    throw new OpsError(
      'backup/restore',
      `nothing was swapped: ${there.has(names.kept) ? wrong : `there is no database ${wrong}`}`,
    )
}

/** Ends the sessions on these databases again and again until told to stop: how many there were. */
async function endSessions(client: Client, names: readonly string[], done: AbortSignal): Promise<number> {
  const seen = new Set<number>()
  while (!done.aborted) {
    // Two statements: in one, the planner may well call pg_terminate_backend before it looks at the name.
    const {rows} = await client.query<{pid: number}>('SELECT pid FROM pg_stat_activity WHERE datname = ANY ($1)', [
      names,
    ])
    const pids = rows.map(row => row.pid)
    if (pids.length > 0) await client.query('SELECT pg_terminate_backend(pid) FROM unnest($1::int[]) AS pid', [pids])
    for (const pid of pids) seen.add(pid)
    await sleep(20, done).catch(() => undefined)
  }
  return seen.size
}

/** PostgreSQL waits up to five seconds for the sessions on a database to end before it refuses to rename it. */
async function rename(client: Client, names: SwapNames): Promise<void> {
  await client.query("SET statement_timeout = 0; SET lock_timeout = '10s'; SET synchronous_commit = on")
  await client.query('BEGIN')
  try {
    await client.query(`ALTER DATABASE ${quoteName(names.live)} RENAME TO ${quoteName(names.kept)}`)
    await client.query(`ALTER DATABASE ${quoteName(names.restored)} RENAME TO ${quoteName(names.live)}`)
    await client.query('COMMIT')
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined)
    throw error
  }
}

/** PostgreSQL's way: databases of one server change their names. */
export const databaseSwap = (admin: () => Promise<Conninfo>): CopySwap => ({
  names: (live, run) => ({live, restored: derived(live, 'restore', run), kept: derived(live, 'before', run)}),
  describe: describeSwap,
  swap: async (names, options) => swapDatabases(await admin(), names, options),
  existing: async (names, signal) => existingDatabases(await admin(), names, signal),
  describeInstall,
  async install(names, signal) {
    await withSession(await admin(), signal, client => client.query(describeInstall(names)))
  },
  removeCommand: ({kept}) => `DROP DATABASE ${quoteName(kept)};`,
})

const describeInstall = (names: SwapNames): string =>
  `ALTER DATABASE ${quoteName(names.restored)} RENAME TO ${quoteName(names.live)}`
