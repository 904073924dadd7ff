import {execFile} from 'node:child_process'
import {chown, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {unprivileged} from '../../src/lab/accounts.ts'
import {freePorts} from '../../src/lab/ports.ts'
import {findPostgresBin} from '../../src/lab/programs.ts'
import {startAnswering} from './answering.ts'
import {ownedDirectory, scratchDirectory} from './scratch.ts'

export interface PostgresServer {
  /** TCP URL of the superuser `postgres` on database `postgres`; no password is asked. */
  readonly url: string
  readonly port: number
  readonly pid: number
  /** Data directory. */
  readonly dir: string
  /** Directory with initdb, pg_dump, psql... */
  readonly bin: string
  stop(): Promise<void>
}

/** What is done to a new cluster before it starts for the first time: `sql` is run by the superuser, a line each. */
export interface Prepared {
  readonly sql?: readonly string[]
  /** Lines of pg_hba.conf, instead of trust for everybody. */
  readonly access?: readonly string[]
  /** Files of the data directory, with the server's rights. */
  readonly files?: Readonly<Record<string, string>>
}

/** A throw-away PostgreSQL cluster on a free loopback port, without fsync; `settings` are `name=value` for -c. */
export async function startPostgres(
  settings: readonly string[] = [],
  {sql = [], access, files = {}}: Prepared = {},
): Promise<PostgresServer> {
  const account = await unprivileged(['postgres', 'nobody'])
  const scratch = await scratchDirectory('postgres')
  const home = await ownedDirectory(join(scratch.dir, 'home'), account)
  const dir = join(home, 'data')
  const bin = await findPostgresBin()
  const [port = 0] = await freePorts(1)
  const env = {PATH: `${bin}:/usr/bin:/bin`, LANG: 'C.UTF-8', TZ: 'UTC'}
  const as = account === undefined ? {} : {uid: account.uid, gid: account.gid}
  await promisify(execFile)(
    join(bin, 'initdb'),
    ['-D', dir, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-locale', '--no-sync', '--data-checksums'],
    {cwd: home, env, ...as},
  )
  if (sql.length > 0) {
    const single = promisify(execFile)(join(bin, 'postgres'), ['--single', '-D', dir, 'postgres'], {
      cwd: home,
      env,
      ...as,
    })
    single.child.stdin?.end(sql.map(line => `${line}\n`).join(''))
    await single
  }
  const written = {...files, ...(access === undefined ? {} : {'pg_hba.conf': `${access.join('\n')}\n`})}
  for (const [name, text] of Object.entries(written)) {
    await writeFile(join(dir, name), text, {mode: 0o600})
    if (account !== undefined) await chown(join(dir, name), account.uid, account.gid)
  }
  const options = [`port=${port}`, 'listen_addresses=127.0.0.1', `unix_socket_directories=${home}`, 'fsync=off']
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`
  const argv = ['-D', dir, ...[...options, ...settings].flatMap(setting => ['-c', setting])]
  const server = await startAnswering({
    name: 'postgres',
    argv: [join(bin, 'postgres'), ...argv],
    home,
    env,
    account,
    scratch,
    url,
  })
  return {url, port, dir, bin, ...server}
}
