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

/** A real, empty Redis on a free loopback port; `args` are added to its command line (`['--maxmemory', '8mb']`). */
export async function startRedis(args: readonly string[] = []): Promise<RedisServer> {
  const account = await unprivileged(['redis', 'nobody'])
  const scratch = await scratchDirectory('redis')
  const cwd = await ownedDirectory(join(scratch.dir, 'data'), account)
  const [port = 0] = await freePorts(1)
  const log = join(scratch.dir, 'redis.log')
  const identity = await spawnDaemon({
    argv: [await findProgram('redis-server'), '--port', String(port), '--bind', '127.0.0.1', '--save', '', ...args],
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
