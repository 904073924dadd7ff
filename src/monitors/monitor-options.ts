import type {AlertTarget} from '../alerts/alert-target.ts'
import type {NotificationCount} from '../alerts/notification-counts.ts'
import type {Clock} from '../units/clock.ts'
import type {History} from './history.ts'
import type {ChangingConfig} from './in-force.ts'
import type {Lease} from './lease.ts'
import type {InMaintenance} from './objectives/spent.ts'
import type {Target} from './sample.ts'
import type {Timers} from './timers.ts'

/** What turns targets into alerts and notifications. */
export interface AlertSink {
  /**
   * `all`: alerts of targets that are gone can be closed: those which are neither among these nor found by `targetOf`, which
   * finds any other that is watched.
   */
  evaluate(
    targets: readonly AlertTarget[],
    now: number,
    all: boolean,
    targetOf: (id: string) => AlertTarget | undefined,
  ): void
  /** Left out: there is no maintenance. */
  readonly inMaintenance?: InMaintenance
  /** The wall clock was set by so much. */
  redate(byMs: number): void
  /** Another process watches by now: nothing that is under way is kept or sent any more. */
  letGo(): void
  counts(): readonly NotificationCount[]
  stop(): Promise<void>
}

export interface MonitorOptions {
  /** From every domain: services, caches, databases, backups, releases. */
  readonly targets: readonly Target[]
  /** Left out: what is watched never changes. */
  readonly config?: ChangingConfig
  readonly history: History
  readonly lease: Lease
  readonly alerts: AlertSink
  readonly clock: Clock
  readonly timers?: Timers
  readonly random?: () => number
  /** Probes in flight at most; 64 when left out. */
  readonly concurrency?: number
  /** Called after something was stored, or the lease changed hands. */
  readonly onChange?: () => void
}
