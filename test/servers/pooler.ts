import {chown, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {unprivileged} from '../../src/lab/accounts.ts'
import {freePorts} from '../../src/lab/ports.ts'
import {startAnswering} from './answering.ts'
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
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`
  const env = {PATH: '/usr/sbin:/usr/bin:/bin', LANG: 'C.UTF-8'}
  const {stop} = await startAnswering({
    name: 'pgbouncer',
    argv: ['/usr/sbin/pgbouncer', file],
    home,
    env,
    account,
    scratch,
    url,
  })
  return {url, stop}
}
