import type {AlertTarget} from '../alerts/alert-target.ts'
import type {NotificationCount} from '../alerts/notification-counts.ts'
import type {InForce, Reloaded} from './in-force.ts'
import type {SchedulerMeasurements} from './scheduler.ts'

export interface MonitorStatus {
  /** Who watches: this process, another one, or nobody. */
  readonly state: 'here' | 'elsewhere' | 'nobody'
  /** `console on web1 (pid 4711)`; empty when nobody watches. */
  readonly holder: string
  readonly since: number | undefined
  readonly lastSampleAt: number | undefined
  readonly scheduler: SchedulerMeasurements
  /** What became of notifications since this process began. */
  readonly notifications: readonly NotificationCount[]
  /** The configuration by which it is watched, as far as it is known of whoever watches. */
  readonly inForce: InForce | undefined
  /** What goes wrong in the monitor itself, such as a full disk; undefined when nothing does. */
  readonly trouble: string | undefined
}

export interface Monitor {
  /** Takes the lease when it can and watches; else waits for the lease. Returns at once. */
  start(): void
  /** Probes everything now; asks the holder when that is another process. Does not wait. */
  refresh(): void
  /**
   * For one command that reads: probes everything once if nobody watches, for its own eyes. It keeps nothing, counts in
   * no history, raises no alert and notifies nobody. When somebody has just begun to watch, waits a little for what he sees.
   */
  once(signal: AbortSignal): Promise<void>
  status(): MonitorStatus
  /** Takes the configuration as it is now. It is also taken when its file changes, as long as this monitor is started. */
  reload(): Reloaded
  /** Every target of every environment as it is now, for rules and metrics. */
  targets(): readonly AlertTarget[]
  /** Ends probes, stores what is known, gives the lease back. Returns what could not be ended properly. */
  stop(): Promise<readonly string[]>
}
