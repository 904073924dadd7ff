import {chown, stat, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {unprivileged} from '../../src/lab/accounts.ts'
import {freePorts} from '../../src/lab/ports.ts'
import {lastLines, spawnDaemon, stopProcess} from '../../src/lab/daemon.ts'
import {findProgram} from '../../src/lab/programs.ts'
import {listening, waitFor} from '../../src/lab/wait.ts'
import {ownedDirectory, scratchDirectory} from './scratch.ts'

export interface RedisServer {
  readonly url: string
  readonly port: number
  readonly pid: number
  stop(): Promise<void>
}

/**
 * A real, empty Redis on a free loopback port, or on one that another has left; `args` are added to its command line
 * (`['--maxmemory', '8mb']`), `config` is its file.
 */
export async function startRedis(
  args: readonly string[] = [],
  {config, port: wanted}: {readonly config?: string; readonly port?: number} = {},
): Promise<RedisServer> {
  const account = await unprivileged(['redis', 'nobody'])
  const scratch = await scratchDirectory('redis')
  const cwd = await ownedDirectory(join(scratch.dir, 'data'), account)
  const [port = 0] = wanted === undefined ? await freePorts(1) : [wanted]
  const log = join(scratch.dir, 'redis.log')
  const identity = await spawnDaemon({
    argv: [
      await findProgram('redis-server'),
      ...(config === undefined ? ['--save', ''] : [await configFile(cwd, config)]),
      '--port',
      String(port),
      '--bind',
      '127.0.0.1',
      ...args,
    ],
    cwd,
    env: {PATH: '/usr/bin:/bin', LANG: 'C.UTF-8'},
    account,
    log,
    pidFile: join(scratch.dir, 'pid'),
  })
  const stop = async (): Promise<void> => {
    await stopProcess(identity, {graceMs: 5000})
    await scratch.remove()
  }
  if (!(await waitFor(() => listening(port), {timeoutMs: 15_000}))) {
    const tail = await lastLines(log, 10)
    await stop()
    throw new Error(`redis-server did not start: ${tail.join(' | ')}`)
  }
  return {url: `redis://127.0.0.1:${port}`, port, pid: identity.pid, stop}
}

/** Sentinels write theirs, so it belongs to whoever owns the directory. */
async function configFile(directory: string, text: string): Promise<string> {
  const file = join(directory, 'redis.conf')
  await writeFile(file, text)
  const {uid, gid} = await stat(directory)
  await chown(file, uid, gid)
  return file
}

/** A real Sentinel that watches `master` under the name `main`. */
export const startSentinel = (master: RedisServer): Promise<RedisServer> =>
  startRedis(['--sentinel'], {config: `sentinel monitor main 127.0.0.1 ${master.port} 1\n`})
