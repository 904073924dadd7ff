import {appendFile, chmod, chown, rm, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {Client} from 'pg'
import {OpsError} from '../../errors.ts'
import {killProcess, lastLines, spawnRecorded} from '../daemon.ts'
import {ownedDirectory} from '../home.ts'
import {logFile, pidFile, postgresSockets, secretFile} from '../plan.ts'
import type {LabPlan} from '../plan.ts'
import {readSecret} from '../secrets.ts'
import {baseEnvironment} from './part.ts'
import type {Part} from './part.ts'

const dataDirectory = (plan: LabPlan): string => join(plan.home, 'postgres', 'data')
export const walArchive = (plan: LabPlan): string => join(plan.home, 'postgres', 'archive')

/** initdb, its configuration, and the command that archives WAL. */
export async function preparePostgres(plan: LabPlan, signal: AbortSignal): Promise<void> {
  const account = plan.accounts.postgres
  const base = join(plan.home, 'postgres')
  for (const directory of [base, postgresSockets(plan), walArchive(plan)]) await ownedDirectory(directory, account)
  const archiver = join(base, 'archive-wal')
  await writeFile(archiver, ARCHIVE_WAL)
  await chmod(archiver, 0o755)
  const passwordFile = join(base, 'superuser-password')
  await writeFile(passwordFile, await readSecret(plan.dir, 'superuser-password'), {mode: 0o600})
  if (account !== undefined) await chown(passwordFile, account.uid, account.gid)
  await initdb(plan, passwordFile, signal)
  await rm(passwordFile)
  await appendFile(join(dataDirectory(plan), 'postgresql.conf'), settings(plan, archiver))
}

const INITDB =
  '-U postgres -A scram-sha-256 -E UTF8 --no-locale --data-checksums --wal-segsize 1 --no-sync --no-instructions'.split(
    ' ',
  )

/**
 * Segments of 1 MB instead of 16, and compressed: one is archived at least every 10 s while anything is written, so
 * that at most 10 s of work is not in the archive, and a day of it must not fill the disk.
 */
async function initdb(plan: LabPlan, passwordFile: string, signal: AbortSignal): Promise<void> {
  const daemon = await spawnRecorded({
    argv: [join(plan.programs.postgresBin, 'initdb'), '-D', dataDirectory(plan), ...INITDB, '--pwfile', passwordFile],
    cwd: join(plan.home, 'postgres'),
    env: baseEnvironment(plan),
    account: plan.accounts.postgres,
    log: logFile(plan, 'initdb'),
    pidFile: pidFile(plan, 'initdb'),
  })
  const stop = (): void => void killProcess(daemon.identity)
  signal.addEventListener('abort', stop, {once: true})
  const code = await daemon.exited
  signal.removeEventListener('abort', stop)
  signal.throwIfAborted()
  await rm(pidFile(plan, 'initdb'), {force: true})
  if (code === 0) return
  const log = logFile(plan, 'initdb')
  throw new OpsError('lab/start', `initdb ended with ${code ?? 'a signal'}: ${(await lastLines(log, 5)).join(' | ')}`, {
    hint: `Its log is ${log}`,
  })
}

/** %p is the segment, %f its name. Compressed aside and renamed: a half-written file never has a segment's name. */
const ARCHIVE_WAL = `#!/bin/sh
# archive-wal SEGMENT TARGET
set -e
# After a crash PostgreSQL may bring a segment again: the same one is fine, another one is not.
if test -f "$2.gz"; then gzip -dc "$2.gz" | cmp -s - "$1"; exit; fi
gzip -1 -c "$1" > "$2.tmp"
sync -d "$2.tmp"
mv "$2.tmp" "$2.gz"
`

function settings(plan: LabPlan, archiver: string): string {
  const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`
  return `
# opsconsole lab
port = ${plan.ports.postgres}
listen_addresses = '127.0.0.1'
unix_socket_directories = ${quote(postgresSockets(plan))}
max_connections = 80
shared_buffers = 64MB
wal_level = replica
max_wal_size = 256MB
archive_mode = on
archive_command = ${quote(`"${archiver}" "%p" "${walArchive(plan)}/%f"`)}
archive_timeout = 10s
log_line_prefix = '%m [%p] %q%u@%d '
log_connections = off
idle_in_transaction_session_timeout = 5min
max_slot_wal_keep_size = 128MB
`
}

export function postgresPart(plan: LabPlan): Part {
  const log = logFile(plan, 'postgres')
  return {
    name: 'postgres',
    port: plan.ports.postgres,
    log,
    pidFile: pidFile(plan, 'postgres'),
    // SIGINT is PostgreSQL's fast shutdown: it ends sessions instead of waiting for them.
    stop: {graceMs: 20_000, signal: 'SIGINT'},
    startMs: 60_000,
    spec: async () => ({
      argv: [join(plan.programs.postgresBin, 'postgres'), '-D', dataDirectory(plan)],
      cwd: join(plan.home, 'postgres'),
      env: baseEnvironment(plan),
      account: plan.accounts.postgres,
      log,
      pidFile: pidFile(plan, 'postgres'),
    }),
    ready: async () => {
      await withSuperuser(plan, 'postgres', client => client.query('select 1'))
      return true
    },
  }
}

/** Runs `work` on a connection of the superuser, over TCP with its password; on the primary when no other port is named. */
export async function withSuperuser<T>(
  plan: LabPlan,
  database: string,
  work: (client: Client) => Promise<T>,
  port = plan.ports.postgres,
): Promise<T> {
  const client = new Client({
    host: '127.0.0.1',
    port,
    user: 'postgres',
    database,
    password: await readSecret(plan.dir, 'superuser-password'),
    connectionTimeoutMillis: 10_000,
  })
  client.on('error', () => {})
  try {
    await client.connect()
    return await work(client)
  } finally {
    await client.end().catch(() => {})
  }
}

export const superuserHint = (plan: LabPlan): string => `psql "$(cat '${secretFile(plan.dir, 'superuser-url')}')"`
