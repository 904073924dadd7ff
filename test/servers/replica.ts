import {execFile} from 'node:child_process'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {Client} from 'pg'
import {unprivileged} from '../../src/lab/accounts.ts'
import {lastLines, spawnDaemon, stopProcess} from '../../src/lab/daemon.ts'
import {freePorts} from '../../src/lab/ports.ts'
import {waitFor} from '../../src/lab/wait.ts'
import type {PostgresServer} from './postgres.ts'
import {ownedDirectory, scratchDirectory} from './scratch.ts'

/** A streaming replica of a server of `startPostgres`, through a slot of its own, called by its name on the primary. */
export async function startReplica(
  primary: PostgresServer,
  {name, settings = []}: {readonly name: string; readonly settings?: readonly string[]},
): Promise<PostgresServer> {
  const account = await unprivileged(['postgres', 'nobody'])
  const scratch = await scratchDirectory('replica')
  const home = await ownedDirectory(join(scratch.dir, 'home'), account)
  const dir = join(home, 'data')
  const [port = 0] = await freePorts(1)
  const env = {PATH: `${primary.bin}:/usr/bin:/bin`, LANG: 'C.UTF-8', TZ: 'UTC'}
  const as = account === undefined ? {} : {uid: account.uid, gid: account.gid}
  const source = `host=127.0.0.1 port=${primary.port} user=postgres application_name=${name}`
  await promisify(execFile)(
    join(primary.bin, 'pg_basebackup'),
    ['-d', source, '-D', dir, '-R', '-C', '-S', name, '-X', 'stream', '-c', 'fast', '--no-sync'],
    {cwd: home, env, ...as},
  )
  const options = [`port=${port}`, 'listen_addresses=127.0.0.1', `unix_socket_directories=${home}`, 'fsync=off']
  const log = join(scratch.dir, 'postgres.log')
  const identity = await spawnDaemon({
    argv: [join(primary.bin, 'postgres'), '-D', dir, ...[...options, ...settings].flatMap(setting => ['-c', setting])],
    cwd: home,
    env,
    account,
    log,
    pidFile: join(scratch.dir, 'pid'),
  })
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`
  const stop = async (): Promise<void> => {
    await stopProcess(identity, {graceMs: 10_000, signal: 'SIGINT'})
    await scratch.remove()
  }
  if (!(await waitFor(() => receives(url), {timeoutMs: 30_000}))) {
    const tail = await lastLines(log, 10)
    await stop()
    throw new Error(`the replica did not start: ${tail.join(' | ')}`)
  }
  return {url, port, pid: identity.pid, dir, bin: primary.bin, stop}
}

async function receives(url: string): Promise<boolean> {
  const client = new Client({connectionString: url, connectionTimeoutMillis: 2000})
  client.on('error', () => {})
  try {
    await client.connect()
    return (await client.query('select from pg_stat_wal_receiver')).rowCount === 1
  } finally {
    await client.end().catch(() => {})
  }
}
