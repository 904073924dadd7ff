import {z} from 'zod'
import {lateObject} from '../kinds/late-object.ts'
import {duration} from '../config/fields.ts'
import {parseCron} from '../units/cron.ts'
import {isZone} from '../units/zone.ts'

const cron = (what: string) =>
  z
    .string()
    .refine(text => parseCron(text) !== undefined, {error: 'should be a schedule of five fields such as "30 2 * * *"'})
    .optional()
    .describe(`When ${what}: minute, hour, day of the month, month, day of the week`)

/** When an agent works on a backup by itself: schedules of the runbooks that do it, told at the backup. */
export const backupScheduleFields = lateObject(() => ({
  backup: cron('one is taken and read back (runbook backup)'),
  verify: cron('all of them are read (verify-backup)'),
  copies: cron('what other places lack is copied there (copy-backup)'),
  drill: cron('any of them is restored and proved (dr-drill, pick: random)'),
  zone: z
    .string()
    .refine(isZone, {error: 'should be a time zone such as Europe/Berlin'})
    .default('UTC')
    .describe('Time zone of all of them'),
  catchUp: z
    .enum(['none', 'once'])
    .default('once')
    .describe('When times passed while no agent ran: nothing, or one run for all of them'),
  endWithin: duration('A run that takes longer is an alert; it is not stopped').optional(),
  prune: z.boolean().default(false).describe('Whether each backup removes afterwards what is not kept'),
  enabled: z.boolean().default(true).describe('Whether they start anything'),
}))
export type BackupSchedule = z.output<typeof backupScheduleFields>

/** The runbook of each time, and what the name of its schedule ends in. */
export const SCHEDULED = [
  ['backup', 'backup'],
  ['verify', 'verify-backup'],
  ['copies', 'copy-backup'],
  ['drill', 'dr-drill'],
] as const

/** Names that the schedules of a backup take. */
export const scheduleNames = (name: string, schedule: BackupSchedule): readonly string[] =>
  SCHEDULED.flatMap(([key]) => (schedule[key] === undefined ? [] : [`${name}-${key}`]))
