import {chown, mkdir, readFile, writeFile} from 'node:fs/promises'
import path from 'node:path'
import {OpsError} from '../../errors.ts'
import {withSession} from '../../connections/postgres/session.ts'
import {escapeLine} from '../../text/escape.ts'
import {sleep} from '../../units/clock.ts'
import {asUser, PORT, postmaster, scratchConnection, type ScratchOptions, type ScratchServer} from '../scratch.ts'

export interface RecoveryTools extends Pick<ScratchOptions, 'exec' | 'signal'> {
  readonly progress: (done: number, total: number, unit?: string) => void
}

/** Where the parts of an isolated server are. */
export const partsOf = ({directory}: ScratchServer) => ({
  data: path.join(directory, 'data'),
  tablespaces: path.join(directory, 'tablespaces'),
  log: path.join(directory, 'log'),
  access: path.join(directory, 'access'),
  settings: path.join(directory, 'settings'),
})

/** An empty place that only its account may enter. */
export async function makePlace(server: ScratchServer): Promise<void> {
  const {data, tablespaces, access, settings} = partsOf(server)
  await mkdir(server.directory, {mode: 0o700})
  for (const directory of [data, tablespaces]) await mkdir(directory, {mode: 0o700})
  await writeFile(access, 'local all all trust\n', {mode: 0o600})
  await writeFile(settings, '', {mode: 0o600})
  const {account} = server
  if (account === undefined) return
  for (const file of [server.directory, data, tablespaces, access, settings])
    await chown(file, account.uid, account.gid)
}

/**
 * Starts what was restored, apart from the world: no port, no archive, no subscription, no job of an extension, and none
 * of the settings of the original but those that its log needs. Resolves when it has been promoted.
 */
export async function startRecovered(server: ScratchServer, segments: number, tools: RecoveryTools): Promise<void> {
  const {data, log, access, settings} = partsOf(server)
  const needed = await neededSettings(server, tools)
  const options = [
    `config_file=${settings}`,
    `hba_file=${access}`,
    "listen_addresses=''",
    `unix_socket_directories=${server.directory}`,
    `port=${PORT}`,
    'archive_mode=off',
    'ssl=off',
    'logging_collector=off',
    'log_destination=stderr',
    'log_min_messages=warning',
    'log_timezone=UTC',
    'hot_standby=off',
    "primary_conninfo=''",
    "synchronous_standby_names=''",
    "shared_preload_libraries=''",
    "session_preload_libraries=''",
    "local_preload_libraries=''",
    'max_logical_replication_workers=0',
    'default_transaction_read_only=off',
    'autovacuum=off',
    'huge_pages=off',
    'shared_buffers=128MB',
    'fsync=off',
    ...needed,
  ]
  const words = options.map(option => `-c ${option}`).join(' ')
  await asUser(server, tools, ['pg_ctl', '-D', data, '-l', log, '-W', '-o', words, 'start'])
  await promoted(server, segments, tools)
}

/** A recovery stops where one of these is smaller than on the original; pg_control has the values. */
const NEEDED: Readonly<Record<string, string>> = {
  max_connections: 'max_connections setting',
  max_worker_processes: 'max_worker_processes setting',
  max_wal_senders: 'max_wal_senders setting',
  max_prepared_transactions: 'max_prepared_xacts setting',
  max_locks_per_transaction: 'max_locks_per_xact setting',
}

async function neededSettings(server: ScratchServer, tools: RecoveryTools): Promise<readonly string[]> {
  const program = path.join(server.binaries, 'pg_controldata')
  const {stdout} = await tools.exec([program, '-D', partsOf(server).data], {signal: tools.signal, env: {LC_ALL: 'C'}})
  return Object.entries(NEEDED).flatMap(([setting, words]) => {
    const value = new RegExp(`^${words}:\\s+(\\d+)$`, 'm').exec(stdout)?.[1]
    return value === undefined ? [] : [`${setting}=${value}`]
  })
}

const POLL_MS = 100
/** A server that was just started has no pid file yet. */
const GRACE_POLLS = 100

/** `pg_ctl -w` is no proof: a server that cannot reach its target dies a moment after it said that it is ready. */
async function promoted(server: ScratchServer, segments: number, tools: RecoveryTools): Promise<void> {
  const {data, log} = partsOf(server)
  for (let poll = 0; ; poll += 1) {
    const text = await readFile(log, 'utf8').catch(() => '')
    const fatal = recoveryFault(text)
    if (fatal !== undefined && (await postmaster(data)) === undefined) throw failed(fatal)
    if (text !== '')
      tools.progress(Math.min(segments, text.split('restored log file').length - 1), segments, 'segments')
    if (await isOpen(server, tools.signal)) return
    if (poll > GRACE_POLLS && (await postmaster(data)) === undefined)
      throw failed(text.trim().split('\n').slice(-2).join(' | ') || 'the server ended without a word')
    await sleep(POLL_MS, tools.signal)
  }
}

/** The line of a server's log that says why it ended: the first of those that say so. */
export const recoveryFault = (log: string): string | undefined =>
  log
    .split('\n')
    .find(line => /(?:FATAL|PANIC):/.test(line) && !/the database system is|terminating/.test(line))
    ?.replace(/^.*?(?:FATAL|PANIC):\s+/, '')

const failed = (why: string): OpsError =>
  new OpsError('backup/restore', `the isolated server did not come up: ${escapeLine(why, 400)}`, {
    hint: 'Nothing but its own directory was touched.',
  })

async function isOpen(server: ScratchServer, signal: AbortSignal): Promise<boolean> {
  try {
    return await withSession(scratchConnection(server), signal, async client => {
      const {rows} = await client.query<{recovering: boolean}>('SELECT pg_is_in_recovery() AS recovering')
      return rows[0]?.recovering === false
    })
  } catch {
    signal.throwIfAborted()
    return false
  }
}

/** Where a recovery ended, in PostgreSQL's own words. */
export interface RecoveryEnd {
  /** `recovery stopping before commit of transaction 8520, time …`; undefined when it went to the end of the log. */
  readonly stopped: string | undefined
  /** `2026-11-22 12:41:28.7+00`: the last transaction that is in the copy. */
  readonly lastTransaction: string | undefined
  /** Segments that were brought from the archive. */
  readonly segments: number
}

export function recoveryEnd(log: string): RecoveryEnd {
  return {
    stopped: /LOG:\s+(recovery stopping .+)$/m.exec(log)?.[1],
    lastTransaction: /last completed transaction was at log time (.+)$/m.exec(log)?.[1],
    segments: log.split('restored log file').length - 1,
  }
}
