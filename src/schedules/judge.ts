import type {Found} from '../connections/attempt.ts'
import {formatDuration} from '../units/duration.ts'
import {formatMoment} from '../units/moment.ts'
import type {PlacedSchedule} from './config.ts'
import {isPaused, type ScheduleRecord} from './record.ts'
import {nextTimes, passedTimes} from './times.ts'

/** An agent looks every second: a time that nobody has taken for so long has nobody to take it. */
const TAKEN_WITHIN_MS = 60_000

/** How a schedule is, by what is kept of it. */
export function judgeSchedule(schedule: PlacedSchedule, record: ScheduleRecord | undefined, now: number): Found {
  const values = valuesOf(record, now)
  const found = (status: Found['status'], reason: string): Found => ({status, reason, values, latencyMs: 0})
  if (!schedule.enabled) return found('up', 'switched off in the configuration')
  if (record === undefined)
    return found('degraded', 'no agent has taken it up yet: `opsconsole agent` starts schedules')
  const {paused, missed, last, pending} = record
  if (paused !== undefined && isPaused(record, now)) {
    const until = paused.until === undefined ? '' : ` until ${formatMoment(paused.until, now)}`
    return found('up', `paused by ${paused.by}${until}: ${paused.reason}`)
  }
  if (missed !== undefined) {
    const times = missed.count === 1 ? 'missed' : `missed ${missed.count} times, the last`
    return found('down', `${times} ${formatMoment(missed.due, now)}: ${missed.reason}`)
  }
  const nobody =
    pending === undefined && passedTimes(schedule, {after: record.settledUntil, until: now - TAKEN_WITHIN_MS})
  if (nobody) return found('down', `due ${formatMoment(nobody.newest.due, now)}, and no agent runs that would start it`)
  if (last?.ended !== undefined && last.ended.outcome !== 'done')
    return found('down', `run ${last.run} ended ${formatMoment(last.ended.at, now)}: ${last.ended.outcome}`)
  if (last?.state === 'lost') return found('down', `run ${last.run} is lost: its runner is gone`)
  if (pending?.reason !== undefined)
    return found('degraded', `due ${formatMoment(pending.due, now)} and not started yet: ${pending.reason}`)
  if (last !== undefined && last.ended === undefined) {
    const ranMs = now - last.begunAt
    if (schedule.endWithin !== undefined && ranMs > schedule.endWithin)
      return found(
        'degraded',
        `run ${last.run} takes ${formatDuration(ranMs)}, longer than ${formatDuration(schedule.endWithin)}`,
      )
    if (last.state === 'waiting' || last.state === 'suspended')
      return found('degraded', `run ${last.run} is ${last.state}: see \`opsconsole runs show ${last.run}\``)
    return found('up', `run ${last.run} runs for ${formatDuration(ranMs)}`)
  }
  const [next] = nextTimes(schedule, now, 1)
  return found('up', next === undefined ? 'it is never due again' : `next ${formatMoment(next.at, now)}`)
}

function valuesOf(record: ScheduleRecord | undefined, now: number): Readonly<Record<string, number>> {
  const {missed, last} = record ?? {}
  const paused = record !== undefined && isPaused(record, now)
  const ended = last?.ended
  return {
    missed: missed?.count ?? 0,
    paused: paused ? 1 : 0,
    failed: ended !== undefined && ended.outcome !== 'done' ? 1 : 0,
    ...(ended === undefined || last === undefined
      ? {}
      : {tookMs: Math.max(0, ended.at - last.begunAt), sinceEndMs: Math.max(0, now - ended.at)}),
  }
}
