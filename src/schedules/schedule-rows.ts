import type {Watch} from '../monitors/rows.ts'
import type {PlacedSchedule} from './config.ts'
import type {ScheduleDetail, ScheduleRow} from './rows.ts'
import {timesWords} from './times.ts'

/** One row for each schedule, as it was last looked at. */
export function scheduleRows(
  {schedules}: {readonly schedules: readonly PlacedSchedule[]},
  {view, now}: Pick<Watch, 'view' | 'now'>,
): readonly ScheduleRow[] {
  return schedules.map(schedule => {
    const {environment, name, interval: intervalMs, runbook, enabled} = schedule
    const {row, sample} = view({kind: 'schedule', environment, name, intervalMs})
    const {next = [], paused, last, missed} = (sample?.detail ?? {}) as Partial<ScheduleDetail>
    return {
      ...row,
      runbook,
      when: timesWords(schedule),
      enabled,
      next: next.filter(at => at > now),
      paused,
      last,
      missed,
    }
  })
}
