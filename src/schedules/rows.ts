import type {WatchedRow} from '../monitors/rows.ts'
import type {LastRun, Missed, Pause} from './record.ts'

/** What a look at a schedule finds beside its state. */
export interface ScheduleDetail {
  /** When the next runs begin. */
  readonly next: readonly number[]
  readonly paused: Pause | undefined
  readonly last: LastRun | undefined
  readonly missed: Missed | undefined
}

export interface ScheduleRow extends WatchedRow, ScheduleDetail {
  readonly runbook: string
  /** `30 2 * * * Europe/Berlin` */
  readonly when: string
  readonly enabled: boolean
}
