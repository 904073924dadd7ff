import {readFile, writeFile} from 'node:fs/promises'
import path from 'node:path'
import {unprivileged} from '../../src/lab/accounts.ts'
import {lastLines, spawnDaemon, stopProcess} from '../../src/lab/daemon.ts'
import {freePorts} from '../../src/lab/ports.ts'
import {findProgram} from '../../src/lab/programs.ts'
import {listening, waitFor} from '../../src/lab/wait.ts'
import {ownedDirectory, scratchDirectory} from '../servers/scratch.ts'

export interface NginxServer {
  readonly port: number
  stop(): Promise<void>
}

/** A real nginx with `nginx.conf` of this directory, which sends everything to HAProxy on that port. */
export async function startNginx(haproxy: number): Promise<NginxServer> {
  const account = await unprivileged(['nobody'])
  const scratch = await scratchDirectory('nginx')
  const cwd = await ownedDirectory(path.join(scratch.dir, 'run'), account)
  const [port = 0] = await freePorts(1)
  const text = await readFile(path.join(import.meta.dirname, 'nginx.conf'), 'utf8')
  const config = path.join(scratch.dir, 'nginx.conf')
  await writeFile(
    config,
    text.replaceAll('{dir}', cwd).replaceAll('{port}', String(port)).replaceAll('{haproxy}', String(haproxy)),
  )
  const log = path.join(scratch.dir, 'nginx.log')
  const identity = await spawnDaemon({
    argv: [await findProgram('nginx'), '-e', 'stderr', '-c', config],
    cwd,
    env: {PATH: '/usr/sbin:/usr/bin:/bin', LANG: 'C.UTF-8'},
    account,
    log,
    pidFile: path.join(scratch.dir, 'pid'),
  })
  const stop = async (): Promise<void> => {
    await stopProcess(identity, {graceMs: 2000})
    await scratch.remove()
  }
  if (await waitFor(() => listening(port), {timeoutMs: 15_000})) return {port, stop}
  const tail = await lastLines(log, 10)
  await stop()
  throw new Error(`nginx did not start: ${tail.join(' | ')}`)
}
