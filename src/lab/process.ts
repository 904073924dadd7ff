import {spawn} from 'node:child_process'
import {closeSync, openSync, readFileSync} from 'node:fs'
import {readFile, rm} from 'node:fs/promises'
import {messageOf} from '../errors.ts'
import type {Account} from './accounts.ts'
import {waitFor} from './wait.ts'

/** A process that cannot be mistaken for another: the kernel reuses pids, but not with the same start time. */
export interface ProcessIdentity {
  readonly pid: number
  /** Clock ticks since boot, field 22 of /proc/PID/stat. */
  readonly startTicks: string
}

export interface DaemonSpec {
  readonly argv: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  readonly account: Account | undefined
  /** File that gets standard output and error, appended. */
  readonly log: string
  /** File that gets the daemon's own /proc stat line; see `spawnDaemon`. */
  readonly pidFile: string
}

/**
 * The shell writes its own stat line to descriptor 3 before it becomes the daemon, so there is no moment at which
 * a daemon runs and no file says so, even when we are killed right after the fork. The file belongs to us, so an
 * unprivileged daemon cannot later name another pid in it. `exec` keeps both pid and start time.
 */
const RECORD_THEN_EXEC = 'read -r stat < /proc/$$/stat && echo "$stat" >&3 && exec 3>&- && exec "$@"'

/** Starts a daemon in its own session. Resolves when it is recorded; it may still be starting. */
export async function spawnDaemon(spec: DaemonSpec): Promise<ProcessIdentity> {
  const log = openSync(spec.log, 'a', 0o640)
  const pidFile = openSync(spec.pidFile, 'w', 0o644)
  try {
    const child = spawn('/bin/sh', ['-c', RECORD_THEN_EXEC, 'sh', ...spec.argv], {
      cwd: spec.cwd,
      env: {...spec.env},
      detached: true,
      stdio: ['ignore', log, log, pidFile],
      ...(spec.account === undefined ? {} : {uid: spec.account.uid, gid: spec.account.gid}),
    })
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve)
      child.once('error', reject)
    })
    child.unref()
  } finally {
    closeSync(log)
    closeSync(pidFile)
  }
  let identity: ProcessIdentity | undefined
  await waitFor(
    async () => {
      identity = readPidFile(spec.pidFile)
      return identity !== undefined
    },
    {timeoutMs: 5000, everyMs: 2},
  )
  if (identity === undefined) throw new Error(`${spec.argv[0]} did not start`)
  return identity
}

/** The process that a pid file names; undefined when there is no such file or it is still empty. */
export function readPidFile(path: string): ProcessIdentity | undefined {
  try {
    return parseStat(readFileSync(path, 'utf8'))?.identity
  } catch {
    return undefined
  }
}

/** Fields of a /proc/PID/stat line. The command name may hold spaces and brackets: count from the last bracket. */
export function parseStat(line: string): {identity: ProcessIdentity; state: string; group: number} | undefined {
  const end = line.lastIndexOf(')')
  const fields = line
    .slice(end + 1)
    .trim()
    .split(/\s+/)
  const [state, , group] = fields
  const startTicks = fields[19]
  const pid = Number.parseInt(line, 10)
  if (end < 0 || state === undefined || startTicks === undefined || !Number.isInteger(pid)) return undefined
  return {identity: {pid, startTicks}, state, group: Number(group)}
}

/** Whether that very process is there and not a zombie. */
export async function alive(identity: ProcessIdentity | undefined): Promise<boolean> {
  if (identity === undefined) return false
  const text = await readFile(`/proc/${identity.pid}/stat`, 'utf8').catch(() => '')
  const now = parseStat(text)
  return now !== undefined && now.state !== 'Z' && now.identity.startTicks === identity.startTicks
}

export interface StopOptions {
  /** How long it may take to end by itself after `signal` before the group is killed. */
  readonly graceMs: number
  readonly signal?: NodeJS.Signals
}

/** Stops that very process and its group, politely and then not. False when it is still there at the end. */
export async function stopProcess(identity: ProcessIdentity, options: StopOptions): Promise<boolean> {
  if (!(await alive(identity))) return true
  signalGroup(identity.pid, options.signal ?? 'SIGTERM')
  // A stopped (SIGSTOP) process does not see TERM before it is continued.
  signalGroup(identity.pid, 'SIGCONT')
  if (await waitFor(async () => !(await alive(identity)), {timeoutMs: options.graceMs, everyMs: 20})) return true
  return killProcess(identity)
}

/** SIGKILL to that very process and its group, at once. */
export async function killProcess(identity: ProcessIdentity): Promise<boolean> {
  if (!(await alive(identity))) return true
  signalGroup(identity.pid, 'SIGKILL')
  return waitFor(async () => !(await alive(identity)), {timeoutMs: 5000, everyMs: 10})
}

/** Daemons lead their own group, so the group has the pid's number. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw new Error(messageOf(error), {cause: error})
  }
}

export async function forgetPidFile(path: string): Promise<void> {
  await rm(path, {force: true})
}

/** The last `lines` lines of a log, for errors. */
export async function lastLines(path: string, lines: number): Promise<string[]> {
  const text = await readFile(path, 'utf8').catch(() => '')
  return text.trimEnd().split('\n').slice(-lines)
}
