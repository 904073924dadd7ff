import {OpsError} from '../../errors.ts'
import {oneOf} from '../../kinds/issue.ts'
import {type PlacedSchedule, scheduleId} from '../../schedules/config.ts'
import {isPaused, type ScheduleRecord} from '../../schedules/record.ts'
import {judgeSchedule} from '../../schedules/judge.ts'
import {type Due, nextTimes, timesWords} from '../../schedules/times.ts'
import type {CommandContext} from '../command.ts'

type Context = Pick<CommandContext, 'config' | 'environment' | 'environmentName' | 'records' | 'clock'>

/** A schedule as it is at this moment. */
export interface ShownSchedule {
  readonly name: string
  readonly environment: string
  readonly runbook: string
  readonly when: string
  readonly enabled: boolean
  readonly state: string
  readonly reason: string
  readonly next: readonly Due[]
  readonly record: ScheduleRecord | undefined
}

/** Those of one environment, or of all when none is named. */
export const schedulesOf = ({config, environmentName}: Context): readonly PlacedSchedule[] =>
  config().schedules.filter(({environment}) => environmentName === undefined || environment === environmentName)

/** Raises `usage/arguments`. */
export function findSchedule(context: Context, name: string): PlacedSchedule {
  const named = schedulesOf(context).filter(each => each.name === name)
  const [found, ...others] = meant(named, context)
  if (found !== undefined && others.length === 0) return found
  const known = schedulesOf(context).map(each => each.name)
  throw new OpsError('usage/arguments', `the schedule ${oneOf(name, known)}`, {hint: 'See `opsconsole schedule list`.'})
}

/** Of several environments that have the name, the one that is meant: else it must be said which. */
const meant = (named: readonly PlacedSchedule[], {environment}: Context): readonly PlacedSchedule[] =>
  named.length < 2 ? named : named.filter(each => each.environment === environment().name)

export function shownSchedule(schedule: PlacedSchedule, {records, clock}: Context, count: number): ShownSchedule {
  const now = clock.now()
  const record = records.read(scheduleId(schedule)) as ScheduleRecord | undefined
  const {status, reason} = judgeSchedule(schedule, record, now)
  const {name, environment, runbook, enabled} = schedule
  const state = !enabled ? 'off' : record !== undefined && isPaused(record, now) ? 'paused' : status
  const next = enabled ? nextTimes(schedule, now, count) : []
  return {name, environment, runbook, when: timesWords(schedule), enabled, state, reason, next, record}
}
