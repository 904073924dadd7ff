import {execFileSync, spawn} from 'node:child_process'
import {copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {connect} from 'node:net'
import {tmpdir, userInfo} from 'node:os'
import path from 'node:path'
import {freePorts} from '../../src/lab/ports.ts'

/** A real sshd on a free port of this machine, with keys and an empty home directory that live as long as it does. */
export interface Sshd {
  readonly port: number
  readonly dir: string
  /** Private key that it lets in. */
  readonly keyFile: string
  readonly fingerprint: string
  /** A known_hosts file with its key. */
  readonly knownHostsFile: string
  /** Arguments for `ssh` up to the command. */
  readonly args: readonly string[]
  /** Ends every session from the server's side, as a cut network or a restarted sshd would. */
  dropSessions(): void
  /** The server and its sessions do nothing more, as behind a network that swallows everything. What they started goes on. */
  freeze(): void
  thaw(): void
  /** An ssh_config file by which each of the names is this machine. */
  configFor(...names: readonly string[]): string
  stop(): Promise<void>
}

interface SshdOptions {
  /** A session is told which key let it in; the file of a session that is killed stays in /tmp. */
  readonly exposesKeys?: boolean
  /** More lines of its configuration. */
  readonly lines?: readonly string[]
}

export async function startSshd({exposesKeys = false, lines = []}: SshdOptions = {}): Promise<Sshd> {
  const dir = mkdtempSync(path.join(tmpdir(), 'opsconsole-sshd-'))
  const at = (name: string): string => path.join(dir, name)
  mkdirSync(at('home'), {mode: 0o700})
  for (const key of ['host', 'user']) execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', at(key)])
  copyFileSync(at('user.pub'), at('authorized'))
  const [port = 0] = await freePorts(1)
  writeFileSync(at('known_hosts'), `[127.0.0.1]:${port} ${readFileSync(at('host.pub'), 'utf8')}`)
  const root = process.getuid?.() === 0
  // Debian's sshd run by root wants its privilege separation directory; it keeps nothing there.
  if (root) mkdirSync('/run/sshd', {recursive: true})
  writeFileSync(
    at('config'),
    [
      'ListenAddress 127.0.0.1',
      `Port ${port}`,
      `HostKey ${at('host')}`,
      `AuthorizedKeysFile ${at('authorized')}`,
      'StrictModes no',
      'PermitRootLogin yes',
      `ExposeAuthInfo ${exposesKeys ? 'yes' : 'no'}`,
      'UsePAM no',
      'PidFile none',
      'PasswordAuthentication no',
      // bash reads ~/.bashrc of whoever logs in: that of the person who runs the tests may take seconds, or a lock.
      `SetEnv HOME=${at('home')}`,
      ...lines,
      '',
    ].join('\n'),
  )
  const child = spawn('/usr/sbin/sshd', ['-D', '-e', '-f', at('config')], {stdio: ['ignore', 'ignore', 'pipe']})
  let log = ''
  child.stderr.on('data', chunk => (log += String(chunk)))
  const exited = new Promise<void>(resolve => child.once('exit', () => resolve()))
  await listening(port, () => log)
  return {
    port,
    dir,
    keyFile: at('user'),
    knownHostsFile: at('known_hosts'),
    fingerprint: execFileSync('ssh-keygen', ['-lf', at('user.pub')], {encoding: 'utf8'}).split(' ')[1] ?? '',
    args: [
      '-p',
      String(port),
      '-i',
      at('user'),
      '-o',
      'BatchMode=yes',
      '-o',
      'StrictHostKeyChecking=no',
      '-o',
      'UserKnownHostsFile=/dev/null',
      '-o',
      'LogLevel=ERROR',
      '-o',
      'IdentitiesOnly=yes',
      `${userInfo().username}@127.0.0.1`,
    ],
    dropSessions: () => {
      signalAll(childrenOf(child.pid as number), 'SIGKILL')
    },
    freeze: () => signalAll(servers(child.pid as number), 'SIGSTOP'),
    thaw: () => signalAll(servers(child.pid as number), 'SIGCONT'),
    configFor: (...names) => {
      writeFileSync(
        at('ssh_config'),
        [
          `Host ${names.join(' ')}`,
          '  HostName 127.0.0.1',
          `  Port ${port}`,
          `  User ${userInfo().username}`,
          `  IdentityFile ${at('user')}`,
          '  IdentitiesOnly yes',
          '  StrictHostKeyChecking no',
          '  UserKnownHostsFile /dev/null',
          '  LogLevel ERROR',
          'Host gone-*',
          '  HostName 127.0.0.1',
          '  Port 1',
          '',
        ].join('\n'),
      )
      return at('ssh_config')
    },
    stop: async () => {
      signalAll(childrenOf(child.pid as number), 'SIGKILL')
      child.kill('SIGTERM')
      await exited
      rmSync(dir, {recursive: true, force: true})
    },
  }
}

function childrenOf(parent: number): readonly number[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(Number)
    .filter(pid => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
        return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === parent
      } catch {
        return false
      }
    })
}

/** The listener and the servers of its sessions, not what those run for their users. */
function servers(listener: number): readonly number[] {
  const isServer = (pid: number): boolean => {
    try {
      return readFileSync(`/proc/${pid}/comm`, 'utf8') === 'sshd\n'
    } catch {
      return false
    }
  }
  const below = (pid: number): readonly number[] => [pid, ...childrenOf(pid).filter(isServer).flatMap(below)]
  return below(listener)
}

function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids)
    try {
      process.kill(pid, signal)
    } catch {
      // A session that has ended meanwhile.
    }
}

async function listening(port: number, log: () => string): Promise<void> {
  const deadline = performance.now() + 30_000
  for (;;) {
    const up = await new Promise<boolean>(resolve => {
      const socket = connect(port, '127.0.0.1', () => resolve(true)).once('error', () => resolve(false))
      socket.once('connect', () => socket.destroy())
    })
    if (up) return
    if (performance.now() > deadline) throw new Error(`sshd does not listen on ${port}: ${log()}`)
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}
