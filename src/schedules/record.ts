import type {PlacedSchedule} from './config.ts'
import {type Due, timesWords} from './times.ts'

/** What is kept of a schedule across restarts. */
export interface ScheduleRecord {
  /** By which times it was due: when they are changed, nothing that they would have meant before is caught up with. */
  readonly times: string
  readonly since: number
  /** Every time up to this one is settled: begun, missed or passed over. */
  readonly settledUntil: number
  readonly paused?: Pause | undefined
  readonly pending?: Pending | undefined
  readonly last?: LastRun | undefined
  /** Times that were missed since the last run that ended well. */
  readonly missed?: Missed | undefined
}

export interface Pause {
  readonly by: string
  readonly reason: string
  readonly at: number
  /** Undefined: until somebody resumes it. */
  readonly until?: number | undefined
}

/** A time for which a run is to begin. */
export interface Pending extends Due {
  /** When it is given up. */
  readonly deadline: number
  readonly nextTryAt: number
  /** Who tries: one process, by a name that no other has. */
  readonly owner?: string | undefined
  /** The kept plan that is being started: it can be started once, whoever does it. */
  readonly plan?: string | undefined
  /** Why the last try failed. */
  readonly reason?: string | undefined
}

export interface LastRun {
  readonly run: string
  /** Undefined: a person started it. */
  readonly due?: number | undefined
  readonly by?: string | undefined
  readonly begunAt: number
  readonly ended?: {readonly at: number; readonly outcome: string} | undefined
  /** How it is, when it has not ended and is not simply running: `waiting`, `lost`. */
  readonly state?: string | undefined
}

export interface Missed {
  readonly count: number
  /** The newest of them. */
  readonly due: number
  readonly reason: string
}

/** The record of a schedule that was not there before, or whose times were changed. */
export function recordFor(schedule: PlacedSchedule, before: unknown, now: number): ScheduleRecord {
  const known = before as ScheduleRecord | undefined
  const times = timesWords(schedule)
  if (known?.times === times) return known
  return {...known, times, since: now, settledUntil: now, pending: undefined}
}

export const isPaused = ({paused}: Pick<ScheduleRecord, 'paused'>, now: number): boolean =>
  paused !== undefined && (paused.until === undefined || paused.until > now)

/** A run is under way, as far as it is known. */
export const isUnderWay = ({last}: Pick<ScheduleRecord, 'last'>): boolean =>
  last !== undefined && last.ended === undefined && last.state !== 'lost'
