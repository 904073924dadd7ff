import {execFile} from 'node:child_process'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {unprivileged} from '../../src/lab/accounts.ts'
import {freePorts} from '../../src/lab/ports.ts'
import {startAnswering} from './answering.ts'
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
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`
  const argv = ['-D', dir, ...[...options, ...settings].flatMap(setting => ['-c', setting])]
  const server = await startAnswering({
    name: 'the replica',
    argv: [join(primary.bin, 'postgres'), ...argv],
    home,
    env,
    account,
    scratch,
    url,
    ready: 'select from pg_stat_wal_receiver',
  })
  return {url, port, dir, bin: primary.bin, ...server}
}
