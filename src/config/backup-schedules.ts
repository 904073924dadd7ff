import {SCHEDULED} from '../backups/schedule-fields.ts'
import {type PlacedSchedule, scheduleSchema} from '../schedules/config.ts'
import type {PlacedConfig} from './place.ts'

/**
 * Schedules that are told at a backup, as schedules like any other. Whoever writes them there says yes to what they ask, and
 * names the environment. Pure.
 */
export function withBackupSchedules(config: PlacedConfig): PlacedConfig {
  const told = config.backups.flatMap(backup => schedulesOf(backup))
  return told.length === 0 ? config : {...config, schedules: [...config.schedules, ...told]}
}

function schedulesOf({name, environment, schedule}: PlacedConfig['backups'][number]): readonly PlacedSchedule[] {
  if (schedule === undefined) return []
  const {zone, catchUp, endWithin, prune, enabled} = schedule
  const params = {
    backup: {backup: name, prune},
    verify: {backup: name, all: true},
    copies: {backup: name},
    drill: {backup: name, pick: 'random'},
  }
  return SCHEDULED.flatMap(([key, runbook]) => {
    const cron = schedule[key]
    if (cron === undefined) return []
    const entry = {
      name: key,
      runbook,
      params: params[key],
      cron,
      zone,
      catchUp,
      enabled,
      yes: true,
      confirm: [environment],
      reason: `configured in backup ${name}`,
    }
    return [{...scheduleSchema.parse(entry, {jitless: true}), name: `${name}-${key}`, environment, endWithin}]
  })
}
