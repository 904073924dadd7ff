import {defineKind} from '../kinds/define-kind.ts'
import type {Issue} from '../kinds/issue.ts'
import {formatAge} from '../units/duration.ts'
import {formatMoment} from '../units/moment.ts'
import {type PlacedSchedule, type ScheduleConfig, scheduleSchema} from './config.ts'
import {scheduleRows} from './schedule-rows.ts'
import {nextTimes} from './times.ts'

interface Needs {
  readonly schedules: readonly PlacedSchedule[]
}

/** A cron or an `every`, and a jitter that puts no time after the next one. */
function timeIssues(schedule: ScheduleConfig & {readonly environment: string}): readonly Issue[] {
  const {cron, every, jitter} = schedule
  if ((cron === undefined) === (every === undefined))
    return [{path: ['cron'], about: 'key', message: () => 'should be there, or every, and not both'}]
  const [first, second] = jitter === 0 ? [] : nextTimes({...schedule, jitter: 0}, 0, 2)
  if (first !== undefined && second !== undefined && second.due - first.due <= jitter)
    return [{path: ['jitter'], message: () => 'should be shorter than the time between two runs'}]
  return []
}

export const scheduleKind = defineKind({
  section: 'schedules',
  target: 'schedule',
  meaning: 'Runbooks that an agent starts by itself',
  schema: scheduleSchema,
  examples: [
    {
      name: 'nightly-backup',
      environment: 'production',
      runbook: 'backup',
      params: {backup: 'shop', passphrase: {env: 'BACKUP_PASSPHRASE'}},
      cron: '30 2 * * *',
      zone: 'Europe/Berlin',
      jitter: '5m',
      catchUp: 'once',
      startWithin: '10m',
      endWithin: '2h',
      yes: true,
      confirm: ['production'],
      reason: 'the daily backup',
      enabled: true,
      interval: '10s',
      timeout: '5s',
    },
    {name: 'diagnose', environment: 'staging', runbook: 'diagnose', every: '6h'},
  ],
  check: schedule => timeIssues(schedule),
  targets: async (config: Needs, tools) => (await import('./target.ts')).scheduleTargets(config, tools),
  rows: (config: Needs, watch) => scheduleRows(config, watch),
  glance: row => [
    row.runbook,
    row.last === undefined ? 'never run' : `last ${formatAge(row.last.begunAt, row.at ?? row.last.begunAt)}`,
    row.next[0] === undefined ? 'no next' : `next ${formatMoment(row.next[0], row.at ?? row.next[0])}`,
  ],
})
