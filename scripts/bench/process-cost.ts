import {spawn} from 'node:child_process'
import {readFileSync} from 'node:fs'
import {setTimeout as sleep} from 'node:timers/promises'

/** CPU milliseconds, user and system together. */
export interface CpuMs {
  /** Of this process. */
  readonly own: number
  /** Of the programs that this process started and that have ended. */
  readonly programs: number
  /** Of the sessions of a PostgreSQL server that have ended. */
  readonly server: number
}

export interface Cost extends CpuMs {
  readonly wall: number
  readonly cpu: number
}

export type Work = () => void | Promise<void>

/** The kernel counts in hundredths of a second. */
const TICK_MS = 10
const SETTLE_MS = 200
const LOOK_MS = 20

/** What a piece of work costs: wall clock, and the CPU of everything that took part in it. Linux. */
export async function costOf(serverPid: number, work: Work): Promise<Cost> {
  const before = cpuNow(serverPid)
  const begun = performance.now()
  await work()
  const wall = performance.now() - begun
  // The server counts a session as ended a moment after its client has gone.
  await sleep(SETTLE_MS)
  const after = cpuNow(serverPid)
  const [own, programs, server] = [
    after.own - before.own,
    after.programs - before.programs,
    after.server - before.server,
  ]
  return {wall, own, programs, server, cpu: own + programs + server}
}

function cpuNow(serverPid: number): CpuMs {
  const [self, server] = [timesOf('self'), timesOf(serverPid)]
  return {own: self.own, programs: self.children, server: server.children}
}

function timesOf(pid: number | 'self'): {readonly own: number; readonly children: number} {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const [user = 0, system = 0, childrenUser = 0, childrenSystem = 0] = fields.slice(11, 15).map(Number)
  return {own: (user + system) * TICK_MS, children: (childrenUser + childrenSystem) * TICK_MS}
}

/** Runs a program to its end: the most memory that it had at once (RSS), in MB. Raises what it said when it failed. */
export async function peakMemoryOf(
  argv: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<number> {
  const [program = '', ...rest] = argv
  const child = spawn(program, rest, {env: {...process.env, ...environment}, stdio: ['ignore', 'ignore', 'pipe']})
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (piece: string) => (said = (said + piece).slice(-2000)))
  const ended = new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve))
  let peak = 0
  const looking = setInterval(() => (peak = Math.max(peak, highWater(child.pid))), LOOK_MS)
  const code = await ended.finally(() => clearInterval(looking))
  if (code === 0) return peak
  throw new Error(`${argv.join(' ')}: ${said}`)
}

function highWater(pid: number | undefined): number {
  try {
    const [, kilobytes] = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return kilobytes === undefined ? 0 : Math.round((Number(kilobytes) * 1024) / 1e6)
  } catch {
    return 0
  }
}
