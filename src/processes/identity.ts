import {readFileSync, readlinkSync} from 'node:fs'

/** A process that cannot be mistaken for a later one with the same pid. */
export interface ProcessIdentity {
  readonly pid: number
  /** Start time in clock ticks since boot, field 22 of /proc/PID/stat; 0 where there is no /proc. */
  readonly startTicks: number
  /** Changes at every boot. */
  readonly bootId: string
}

/** Names of hosts change, and containers of one machine share its boot: within one, its process numbers count. */
export function bootId(): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    const space = readlinkSync('/proc/self/ns/pid')
    return space === MACHINE ? boot : `${boot}/${space}`
  } catch {
    return 'unknown'
  }
}

/** The first process namespace of a machine has this number on every Linux. */
const MACHINE = 'pid:[4026531836]'

/** State letter and start time of a process; undefined when it is gone. The command name may hold spaces and brackets. */
export function processStat(pid: number):
  | {
      readonly state: string
      readonly parent: number
      readonly group: number
      readonly session: number
      readonly startTicks: number
    }
  | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return {
      state: fields[0] ?? '?',
      parent: Number(fields[1]),
      group: Number(fields[2]),
      session: Number(fields[3]),
      startTicks: Number(fields[19]),
    }
  } catch {
    return undefined
  }
}

/** The identity of a live process; undefined when it is already gone. Whoever asks often knows the boot. */
export function identify(pid: number, boot?: string): ProcessIdentity | undefined {
  const stat = processStat(pid)
  return stat && {pid, startTicks: stat.startTicks, bootId: boot ?? bootId()}
}

/** Whether that very process still runs: same boot, same start, and not a zombie. */
export function isAlive(process: ProcessIdentity, boot = bootId()): boolean {
  if (process.bootId !== boot) return false
  const stat = processStat(process.pid)
  return stat !== undefined && stat.state !== 'Z' && stat.state !== 'X' && stat.startTicks === process.startTicks
}

/** Whether a process that we started still runs: its end may have come and not been told yet. */
export const isRunning = (pid: number | undefined): boolean =>
  pid !== undefined && (processStat(pid)?.state ?? 'Z') !== 'Z'
