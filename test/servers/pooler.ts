import {chown, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {Client} from 'pg'
import {unprivileged} from '../../src/lab/accounts.ts'
import {lastLines, spawnDaemon, stopProcess} from '../../src/lab/daemon.ts'
import {freePorts} from '../../src/lab/ports.ts'
import {waitFor} from '../../src/lab/wait.ts'
import type {PostgresServer} from './postgres.ts'
import {ownedDirectory, scratchDirectory} from './scratch.ts'

export interface Pooler {
  /** For any database of the server: `postgres://postgres@127.0.0.1:PORT/postgres`. */
  readonly url: string
  stop(): Promise<void>
}

/** A pgbouncer in front of a server of `startPostgres`, as its packagers configure it but for the mode. */
export async function startPooler(
  server: PostgresServer,
  mode: 'session' | 'transaction' | 'statement',
): Promise<Pooler> {
  const account = await unprivileged(['postgres', 'nobody'])
  const scratch = await scratchDirectory('pooler')
  const home = await ownedDirectory(join(scratch.dir, 'home'), account)
  const [port = 0] = await freePorts(1)
  const file = join(home, 'pgbouncer.ini')
  const lines = [
    '[databases]',
    // Whoever comes in is this user there.
    `* = host=127.0.0.1 port=${server.port} user=postgres`,
    '[pgbouncer]',
    `listen_addr = 127.0.0.1`,
    `listen_port = ${port}`,
    'unix_socket_dir =',
    'auth_type = any',
    `pool_mode = ${mode}`,
    'max_client_conn = 100',
    'default_pool_size = 20',
  ]
  await writeFile(file, `${lines.join('\n')}\n`, {mode: 0o644})
  if (account !== undefined) await chown(file, account.uid, account.gid)
  const log = join(scratch.dir, 'log')
  const identity = await spawnDaemon({
    argv: ['/usr/sbin/pgbouncer', file],
    cwd: home,
    env: {PATH: '/usr/sbin:/usr/bin:/bin', LANG: 'C.UTF-8'},
    account,
    log,
    pidFile: join(scratch.dir, 'pid'),
  })
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`
  const stop = async (): Promise<void> => {
    await stopProcess(identity, {graceMs: 5000, signal: 'SIGINT'})
    await scratch.remove()
  }
  if (!(await waitFor(() => answers(url), {timeoutMs: 30_000}))) {
    const tail = await lastLines(log, 10)
    await stop()
    throw new Error(`pgbouncer did not start: ${tail.join(' | ')}`)
  }
  return {url, stop}
}

async function answers(url: string): Promise<boolean> {
  const client = new Client({connectionString: url, connectionTimeoutMillis: 2000})
  client.on('error', () => {})
  try {
    await client.connect()
    await client.query('select 1')
    return true
  } finally {
    await client.end().catch(() => {})
  }
}
