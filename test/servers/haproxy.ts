import {connect} from 'node:net'
import {existsSync} from 'node:fs'
import {readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {unprivileged} from '../../src/lab/accounts.ts'
import {freePorts} from '../../src/lab/ports.ts'
import {lastLines, spawnDaemon, stopProcess} from '../../src/lab/daemon.ts'
import {findProgram} from '../../src/lab/programs.ts'
import {isAlive} from '../../src/processes/identity.ts'
import {listening, waitFor} from '../../src/lab/wait.ts'
import {ownedDirectory, scratchDirectory} from './scratch.ts'

export interface HaproxyServer {
  /** Runtime API socket, level admin. */
  readonly socket: string
  /** The port that {port} stood for. */
  readonly port: number
  readonly pid: number
  /** A new process takes over from the old one (`-sf`), or the old one is ended first; with an edited file where asked for. */
  again(how: 'reload' | 'restart', edit?: (config: string) => string): Promise<void>
  stop(): Promise<void>
}

/**
 * A real HAProxy from a configuration text in which `{port}` becomes a free loopback port and `{socket}` the path
 * of the runtime API socket; a `global` section with that socket is put in front when the text has none.
 */
export async function startHaproxy(text: string, attempts = 3): Promise<HaproxyServer> {
  const account = await unprivileged(['haproxy', 'nobody'])
  const scratch = await scratchDirectory('haproxy')
  const cwd = await ownedDirectory(join(scratch.dir, 'run'), account)
  const socket = join(cwd, 'admin.sock')
  const [port = 0] = await freePorts(1)
  const global = /^global\b/m.test(text)
    ? ''
    : 'global\n  stats socket {socket} mode 600 level admin\n  maxconn 2000\n  tune.bufsize 32768\n'
  const hasSocket = `${global}${text}`.includes('{socket}')
  const config = join(scratch.dir, 'haproxy.cfg')
  await writeFile(config, `${global}${text}\n`.replaceAll('{port}', String(port)).replaceAll('{socket}', socket))
  const log = join(scratch.dir, 'haproxy.log')
  const program = await findProgram('haproxy')
  const start = async (...more: readonly string[]) =>
    spawnDaemon({
      argv: [program, '-db', '-f', config, ...more],
      cwd,
      env: {PATH: '/usr/bin:/bin', LANG: 'C.UTF-8'},
      account,
      log,
      pidFile: join(scratch.dir, 'pid'),
    })
  let identity = await start()
  const stop = async (): Promise<void> => {
    await stopProcess(identity, {graceMs: 500})
    await scratch.remove()
  }
  // Somebody else may have taken the port meanwhile, and would answer in its place: then there is no socket.
  const ready = async (): Promise<boolean> => (!hasSocket || existsSync(socket)) && listening(port)
  await waitFor(async () => !isAlive(identity) || ready(), {timeoutMs: 15_000})
  if (!isAlive(identity) || !(await ready())) {
    const tail = await lastLines(log, 10)
    await stop()
    if (attempts > 1) return startHaproxy(text, attempts - 1)
    throw new Error(`haproxy did not start: ${tail.join(' | ')}`)
  }
  const again: HaproxyServer['again'] = async (how, edit) => {
    const old = identity
    if (edit !== undefined) await writeFile(config, edit(await readFile(config, 'utf8')))
    if (how === 'restart') await stopProcess(old, {graceMs: 500})
    identity = await start(...(how === 'reload' ? ['-sf', String(old.pid)] : []))
    if (how === 'reload') await waitFor(async () => !isAlive(old), {timeoutMs: 15_000})
    // Its sockets begin to answer one after the other, and the file of the one before it stands until then.
    await waitFor(async () => (await listening(port)) && (!hasSocket || (await answers(socket))), {timeoutMs: 15_000})
  }
  return {socket, port, pid: identity.pid, again, stop}
}

/** Whether somebody accepts at a UNIX socket. */
const answers = (file: string): Promise<boolean> =>
  new Promise(resolve => {
    const socket = connect({path: file})
    const finish = (answer: boolean): void => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('connect', () => finish(true))
    socket.once('error', () => finish(false))
  })
