import {attemptProbe} from '../connections/attempt.ts'
import type {KindTools} from '../kinds/define-kind.ts'
import type {Target} from '../monitors/sample.ts'
import {type PlacedSchedule, scheduleId} from './config.ts'
import {judgeSchedule} from './judge.ts'
import {isPaused, type ScheduleRecord} from './record.ts'
import type {ScheduleDetail} from './rows.ts'
import {nextTimes} from './times.ts'

const NEXT_SHOWN = 5

/** One target for each schedule; a probe reads what is kept of it. */
export function scheduleTargets(
  config: {readonly schedules: readonly PlacedSchedule[]},
  {clock, records}: Pick<KindTools, 'clock' | 'records'>,
): readonly Target[] {
  return config.schedules.map(schedule => ({
    id: scheduleId(schedule),
    kind: 'schedule',
    environment: schedule.environment,
    name: schedule.name,
    intervalMs: schedule.interval,
    timeoutMs: schedule.timeout,
    probe: signal =>
      attemptProbe(clock, signal, async () => {
        const now = clock.now()
        const record = records?.read(scheduleId(schedule)) as ScheduleRecord | undefined
        const detail: ScheduleDetail = {
          next: schedule.enabled ? nextTimes(schedule, now, NEXT_SHOWN).map(({at}) => at) : [],
          paused: record !== undefined && isPaused(record, now) ? record.paused : undefined,
          last: record?.last,
          missed: record?.missed,
        }
        return {...judgeSchedule(schedule, record, now), detail}
      }),
  }))
}
