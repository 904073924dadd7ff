import type {InForce} from './in-force.ts'
import type {History} from './history.ts'
import type {MonitorStatus} from './monitor-port.ts'

/** Who watches. One for each state directory: many consoles, one set of probes. */
export interface LeaseHolder {
  readonly id: string
  /** `agent` or `console`. */
  readonly role: string
  readonly host: string
  readonly pid: number
  readonly since: number
  readonly heartbeat: number
  /** The configuration by which it watches; undefined: it did not say. */
  readonly inForce?: InForce | undefined
}

/** A heartbeat older than this means that the holder is gone or stuck. */
export const LEASE_EXPIRES_MS = 15_000

export interface Lease {
  /** Takes the lease when it is free, expired, or its holder's process is gone. */
  acquire(now: number): {readonly held: boolean; readonly reason: string}
  /** False: somebody else took it over, so nothing may be written any more. `refresh`: a console asked for probes. */
  renew(now: number): {readonly held: boolean; readonly refresh: boolean}
  /** Whether this process is its holder by what is stored, however old its heartbeat is. */
  readonly holds: () => boolean
  /** Says by which configuration its holder watches. */
  publish(inForce: InForce): void
  release(): void
  /** Undefined: nobody watches. */
  holder(now: number): LeaseHolder | undefined
  /** Asks whoever watches to probe everything now. */
  askRefresh(): void
}

/** When the newest sample of all that is kept was taken; undefined: there is none. */
function lastSampleAt(history: Pick<History, 'lookUp'>): number | undefined {
  let last: number | undefined
  for (const {track} of history.lookUp().values()) if (track) last = Math.max(last ?? 0, track.at)
  return last
}

/** What a screen says of whoever watches. */
export type WatcherStatus = Pick<MonitorStatus, 'state' | 'holder' | 'lastSampleAt' | 'inForce' | 'trouble'>

/**
 * Who watches by what is stored, and when anything was last probed. `here`: this process does, or is about to; `takenAt`:
 * when it last had a sample.
 */
export function watcherStatus(
  holder: LeaseHolder | undefined,
  history: Pick<History, 'lookUp'>,
  here: boolean,
  takenAt?: number,
): Pick<WatcherStatus, 'state' | 'holder' | 'lastSampleAt'> {
  return {
    state: here ? 'here' : holder ? 'elsewhere' : 'nobody',
    holder: holder ? `${holder.role} on ${holder.host} (pid ${holder.pid})` : '',
    lastSampleAt: takenAt ?? lastSampleAt(history),
  }
}
