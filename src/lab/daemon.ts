import type {ChildProcess} from 'node:child_process'
import {closeSync, openSync, readFileSync} from 'node:fs'
import {readFile} from 'node:fs/promises'
import {bootId, isAlive} from '../processes/identity.ts'
import type {ProcessIdentity} from '../processes/identity.ts'
import {startProcess} from '../processes/start-process.ts'
import {groupMembers} from '../processes/stop.ts'
import {escapeLine} from '../text/escape.ts'
import type {Account} from './accounts.ts'
import {waitFor} from './wait.ts'

export interface DaemonSpec {
  readonly argv: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  readonly account: Account | undefined
  /** File that gets standard output and error, appended. */
  readonly log: string
  /** File that gets the boot id and the daemon's own /proc stat line; see `spawnDaemon`. */
  readonly pidFile: string
}

/**
 * The shell writes its own stat line to descriptor 3 before it becomes the daemon, so there is no moment at which
 * a daemon runs and no file says so, even when we are killed right after the fork. The file belongs to us, so an
 * unprivileged daemon cannot later name another pid in it. `exec` keeps both pid and start time.
 */
const RECORD_THEN_EXEC =
  'read -r boot < /proc/sys/kernel/random/boot_id; read -r stat < /proc/$$/stat && echo "$boot $stat" >&3 && exec 3>&- && exec "$@"'

export interface Daemon {
  readonly identity: ProcessIdentity
  /** Exit code, or undefined after a signal; for programs that are meant to end. */
  readonly exited: Promise<number | undefined>
  /** Our process may end before it. */
  release(): void
}

/** Starts a daemon in its own session. Resolves when it is recorded; it may still be starting. */
export async function spawnDaemon(spec: DaemonSpec): Promise<ProcessIdentity> {
  const daemon = await spawnRecorded(spec)
  daemon.release()
  return daemon.identity
}

/** The same for a program that ends, such as initdb: a crash of ours must not leave it behind either. */
export async function spawnRecorded(spec: DaemonSpec): Promise<Daemon> {
  let child: ChildProcess
  let exited: Promise<number | undefined>
  const log = openSync(spec.log, 'a', 0o640)
  const pidFile = openSync(spec.pidFile, 'w', 0o644)
  try {
    child = startProcess(['/bin/sh', '-c', RECORD_THEN_EXEC, 'sh', ...spec.argv], {
      cwd: spec.cwd,
      env: {},
      add: spec.env,
      stdio: ['ignore', log, log, pidFile],
      account: spec.account,
    })
    const started = child
    exited = new Promise(resolve => started.once('exit', code => resolve(code ?? undefined)))
    await new Promise<void>((resolve, reject) => {
      started.once('spawn', resolve)
      started.once('error', reject)
    })
  } finally {
    closeSync(log)
    closeSync(pidFile)
  }
  const recorded = async (): Promise<boolean> => readPidFile(spec.pidFile) !== undefined
  await waitFor(recorded, {timeoutMs: 5000, everyMs: 2})
  const identity = readPidFile(spec.pidFile)
  if (identity === undefined) throw new Error(`${spec.argv[0]} did not start`)
  return {identity, exited, release: () => child.unref()}
}

/** The process that a pid file names; undefined when there is no such file or it is still empty. */
export function readPidFile(path: string): ProcessIdentity | undefined {
  try {
    return parsePidFile(readFileSync(path, 'utf8'))
  } catch {
    return undefined
  }
}

/** `BOOT-ID PID (name) S ...`: the command name may hold spaces and brackets, so fields count from the last bracket. */
export function parsePidFile(text: string): ProcessIdentity | undefined {
  const end = text.lastIndexOf(')')
  const [boot, pid] = text.split(' ')
  const startTicks = Number(
    text
      .slice(end + 1)
      .trim()
      .split(/\s+/)[19],
  )
  if (end < 0 || !boot || !Number.isInteger(Number(pid)) || !Number.isInteger(startTicks)) return undefined
  return {pid: Number(pid), startTicks, bootId: boot}
}

/** Whether that very process is there. */
export function alive(identity: ProcessIdentity | undefined): boolean {
  return identity !== undefined && identity.bootId === bootId() && isAlive(identity)
}

export interface StopOptions {
  /** How long it may take to end by itself after `signal` before the group is killed. */
  readonly graceMs: number
  /** SIGTERM when left out. */
  readonly signal?: NodeJS.Signals
}

/** Stops that very process and its group, politely and then not. False when it is still there at the end. */
export async function stopProcess(identity: ProcessIdentity, options: StopOptions): Promise<boolean> {
  if (!alive(identity)) return true
  signalGroup(identity.pid, options.signal ?? 'SIGTERM')
  // A stopped (SIGSTOP) process does not see TERM before it is continued.
  signalGroup(identity.pid, 'SIGCONT')
  const ended = await waitFor(async () => !alive(identity), {timeoutMs: options.graceMs, everyMs: 20})
  if (!ended) return killProcess(identity)
  // The leader is gone but its group is not, so the kernel cannot have given the number to somebody else.
  if (groupMembers(identity.pid).length > 0) signalGroup(identity.pid, 'SIGKILL')
  return true
}

/** SIGKILL to that very process and its group, at once. */
export async function killProcess(identity: ProcessIdentity): Promise<boolean> {
  if (!alive(identity)) return true
  signalGroup(identity.pid, 'SIGKILL')
  return waitFor(async () => !alive(identity), {timeoutMs: 5000, everyMs: 10})
}

/** Daemons lead their own group, so the group has the pid's number. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** The last `count` lines of a log, escaped, for errors; only what stands after byte `from`. */
export async function lastLines(path: string, count: number, from = 0): Promise<string[]> {
  const bytes = await readFile(path).catch(() => Buffer.alloc(0))
  const lines = bytes.subarray(from).subarray(-64_000).toString('utf8').trimEnd().split('\n')
  return lines.slice(-count).map(line => escapeLine(line, 300))
}
