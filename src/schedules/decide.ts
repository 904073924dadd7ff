import type {PlacedSchedule} from './config.ts'
import {isPaused, isUnderWay, type Missed, type Pending, type ScheduleRecord} from './record.ts'
import {passedTimes} from './times.ts'

/** What is to be done about a schedule now: what is kept from now on, what is told, and whether a start is to be tried. */
export interface Verdict {
  readonly record: ScheduleRecord
  /** Missed just now, for log and trail. */
  readonly missed?: Missed | undefined
  readonly start: Pending | undefined
}

const RETRY_MS = 60_000

/** Why a time passed that nobody tried. */
const NOBODY = 'no agent ran then'

/**
 * Looks at the times that have passed. One that has just come is tried, once by one process; older ones are missed, or become
 * one run where it is so configured.
 */
export function decide(schedule: PlacedSchedule, record: ScheduleRecord, now: number): Verdict {
  if (!schedule.enabled || isPaused(record, now))
    return {record: {...record, settledUntil: now, pending: undefined}, start: undefined}
  if (record.pending !== undefined) return decidePending(record, record.pending, now)
  const passed = passedTimes(schedule, {after: record.settledUntil, until: now})
  if (passed === undefined) return {record, start: undefined}
  const {newest, count} = passed
  const settled = {...record, settledUntil: newest.due}
  if (isUnderWay(record)) {
    const reason = `run ${record.last?.run} of before still runs`
    return missing(settled, {count, due: newest.due, reason})
  }
  const isLate = now - newest.at > schedule.startWithin
  if (isLate && schedule.catchUp === 'none') return missing(settled, {count, due: newest.due, reason: NOBODY})
  const deadline = (isLate ? now : newest.at) + schedule.startWithin
  const pending: Pending = {...newest, deadline, nextTryAt: now}
  const earlier = count - 1
  if (earlier > 0 && schedule.catchUp === 'none') {
    const verdict = missing(settled, {count: earlier, due: newest.due - 1, reason: NOBODY})
    return {...verdict, record: {...verdict.record, pending}, start: pending}
  }
  return {record: {...settled, pending}, start: pending}
}

function decidePending(record: ScheduleRecord, pending: Pending, now: number): Verdict {
  if (now > pending.deadline) {
    const reason = pending.reason ?? 'it could not be started in time'
    return missing({...record, pending: undefined}, {count: 1, due: pending.due, reason})
  }
  return {record, start: now >= pending.nextTryAt ? pending : undefined}
}

function missing(record: ScheduleRecord, missed: Missed): Verdict {
  const count = (record.missed?.count ?? 0) + missed.count
  return {record: {...record, missed: {...missed, count}}, missed, start: undefined}
}

/** One process takes a time for itself: the next try, by whomever, is later. */
export const claimed = (record: ScheduleRecord, {due}: Pending, owner: string, now: number): ScheduleRecord =>
  record.pending?.due === due ? {...record, pending: {...record.pending, owner, nextTryAt: now + RETRY_MS}} : record

/** Whether a process may still go on with a time that it took. */
export const isMine = ({pending}: ScheduleRecord, {due}: Pending, owner: string): boolean =>
  pending?.due === due && pending.owner === owner

/** Its run has started. */
export const begunAs = (record: ScheduleRecord, run: string, {due}: Pending, now: number): ScheduleRecord => ({
  ...record,
  pending: undefined,
  settledUntil: Math.max(record.settledUntil, due),
  last: {run, due, begunAt: now},
})

/** What became of the last run. A run that ended well makes good what was missed before. */
export function withOutcome(
  record: ScheduleRecord,
  {state, outcome, endedAt}: {readonly state: string; readonly outcome: string | undefined; readonly endedAt: number},
): ScheduleRecord {
  const {last} = record
  if (last === undefined) return record
  if (outcome === undefined) return last.state === state ? record : {...record, last: {...last, state}}
  const ended = {...last, state: undefined, ended: {at: endedAt, outcome}}
  return {...record, last: ended, missed: outcome === 'done' ? undefined : record.missed}
}
