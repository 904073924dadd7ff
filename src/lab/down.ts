import {readdir, readlink, rm, rmdir, stat} from 'node:fs/promises'
import {basename, join} from 'node:path'
import {OpsError} from '../errors.ts'
import {processesTagged} from '../processes/stop.ts'
import {alive, readPidFile, stopProcess} from './daemon.ts'
import {lockHolder, withLabLock} from './lock.ts'
import {partsOf} from './parts/list.ts'
import {ALERTMANAGER, PROMETHEUS} from './parts/prometheus.ts'
import {BASE_BACKUP} from './parts/replica.ts'
import {keptFile, pidFile, planFile, readPlan, writeWhole} from './plan.ts'
import type {LabPlan} from './plan.ts'
import {waitFor} from './wait.ts'

export interface DownOptions {
  readonly dir: string
  /** Only the processes end; the next `lab up` goes on with the data, logs and backups. */
  readonly keep?: boolean
}

export interface DownResult {
  readonly dir: string
  readonly stopped: readonly string[]
  readonly orphans: readonly string[]
  readonly kept: string | undefined
}

/** Stops everything and removes it. Raises `lab/stopped` when there is nothing. Also after a crash of `lab up`. */
export async function labDown(options: DownOptions, progress: (line: string) => void): Promise<DownResult> {
  const starter = await lockHolder(options.dir)
  if (starter !== undefined && starter.pid !== process.pid) {
    progress(`stopping the command that works on it (pid ${starter.pid})`)
    process.kill(starter.pid, 'SIGTERM')
    await waitFor(async () => (await lockHolder(options.dir)) === undefined, {timeoutMs: 40_000})
  }
  const plan = await readPlan(options.dir)
  if (plan === undefined) {
    if (starter !== undefined) return {dir: options.dir, stopped: [], orphans: [], kept: undefined}
    throw new OpsError('lab/stopped', `no lab is up in ${options.dir}`)
  }
  const result = await withLabLock(options.dir, async (): Promise<DownResult> => {
    const stopped: string[] = []
    const orphans = await takeDown(plan, {
      keepAll: options.keep === true,
      onStopped: name => {
        stopped.push(name)
        progress(`stopped ${name}`)
      },
    })
    return {dir: plan.dir, stopped, orphans, kept: options.keep === true ? plan.home : undefined}
  })
  // Only when nothing of anybody else is in it.
  await rmdir(options.dir).catch(() => {})
  return result
}

export interface TakeDownOptions {
  /** Leave everything for the next `lab up`. */
  readonly keepAll?: boolean
  /** After a failed start the logs are what a person needs. */
  readonly keepLogs?: boolean
  readonly onStopped?: (name: string) => void
}

/** Stops every process of the plan in reverse order, then removes its files; answers with what is still there. */
export async function takeDown(plan: LabPlan, options: TakeDownOptions): Promise<string[]> {
  const order = partsOf(plan).toReversed()
  for (const part of order) {
    const identity = await recorded(part.pidFile)
    if (!alive(identity) || identity === undefined) continue
    if (await stopProcess(identity, part.stop)) options.onStopped?.(part.name)
  }
  for (const name of ['initdb', BASE_BACKUP]) {
    const program = await recorded(pidFile(plan, name))
    if (program !== undefined) await stopProcess(program, {graceMs: 2000})
  }
  const orphans = await endStrays(plan)
  if (options.keepAll === true) await writeWhole(keptFile(plan), '')
  else if (orphans.length === 0) await removeFiles(plan, options.keepLogs === true)
  return orphans
}

/** An empty pid file is a daemon between fork and record, or a start that never came to the fork. */
async function recorded(path: string) {
  const size = await stat(path).then(
    entry => entry.size,
    () => undefined,
  )
  if (size === undefined) return undefined
  await waitFor(async () => readPidFile(path) !== undefined, {timeoutMs: size === 0 ? 500 : 0, everyMs: 10})
  return readPidFile(path)
}

/**
 * What belongs to the lab and still runs: by the mark in its environment, or a server that works inside the lab's
 * directory (PostgreSQL and Redis overwrite their environment with their title). They get a moment, then SIGKILL.
 */
async function endStrays(plan: LabPlan): Promise<string[]> {
  const gone = async (): Promise<boolean> => (await strays(plan)).length === 0
  if (await waitFor(gone, {timeoutMs: 3000, everyMs: 20})) return []
  for (const stray of await strays(plan)) {
    try {
      process.kill(stray.pid, 'SIGKILL')
    } catch {
      // It ended meanwhile.
    }
  }
  if (await waitFor(gone, {timeoutMs: 3000, everyMs: 20})) return []
  return (await strays(plan)).map(stray => `${stray.command} (pid ${stray.pid})`)
}

async function strays(plan: LabPlan): Promise<{pid: number; command: string}[]> {
  const tagged = processesTagged('OPSCONSOLE_LAB', plan.home).filter(({pid}) => pid !== process.pid)
  const servers = new Set([
    'postgres',
    'pgbouncer',
    'pg_basebackup',
    basename(plan.programs.redis),
    basename(plan.programs.haproxy),
  ])
  const found = [...tagged]
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry) || found.some(({pid}) => pid === Number(entry))) continue
    const exe = basename((await readlink(`/proc/${entry}/exe`).catch(() => '')).replace(/ \(deleted\)$/, ''))
    const cwd = await readlink(`/proc/${entry}/cwd`).catch(() => '')
    if (isServer(exe, servers) && cwd.startsWith(`${plan.home}/`)) found.push({pid: Number(entry), command: exe})
  }
  return found
}

/** On Debian redis-server is a link to redis-check-rdb, so names are compared loosely. */
function isServer(exe: string, servers: ReadonlySet<string>): boolean {
  return servers.has(exe) || exe.startsWith('redis-')
}

const SERVERS = ['haproxy', 'haproxy.cfg', 'postgres', 'redis', 'replica', 'redis-replica', 'pooler']
const OURS = ['app', 'bin', 'backups', ...SERVERS, 'run', 'secrets']

/** Only what the lab made; the plan goes last, so that an interrupted removal can be repeated. */
async function removeFiles(plan: LabPlan, keepLogs: boolean): Promise<void> {
  const names = [...OURS, PROMETHEUS, ALERTMANAGER, 'opsconsole.yaml', 'alerts.jsonl', ...(keepLogs ? [] : ['log'])]
  for (const directory of new Set([plan.home, plan.dir]))
    for (const name of names) await rm(join(directory, name), {recursive: true, force: true})
  await rm(planFile(plan.dir), {force: true})
  if (plan.home !== plan.dir) await rmdir(plan.home).catch(() => {})
}
