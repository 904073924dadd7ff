import {z} from 'zod'
import {lateObject} from '../kinds/late-object.ts'
import {duration, environmentName, name, secret} from '../config/fields.ts'
import {parseCron} from '../units/cron.ts'
import {isZone} from '../units/zone.ts'

const SHORTEST_EVERY_MS = 10_000

/** A runbook that an agent starts by itself. */
export const scheduleSchema = lateObject(() => ({
  name: name('Unique name of the schedule within its environment'),
  environment: environmentName(),
  runbook: z.string().min(1).describe('Name of the runbook'),
  params: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean(), secret('A secret parameter')]))
    .default({})
    .describe('Its parameters; one that is secret is read when the run starts: {env: NAME} or {file: PATH}'),
  cron: z
    .string()
    .refine(text => parseCron(text) !== undefined, {error: 'should be a schedule of five fields such as "30 2 * * *"'})
    .optional()
    .describe('When: minute, hour, day of the month, month, day of the week, by the clocks of the zone'),
  every: duration('Instead of cron: at every multiple of this since 1970 in UTC, 10s at least')
    .refine(ms => ms >= SHORTEST_EVERY_MS, {error: 'should be 10s at least'})
    .optional(),
  zone: z
    .string()
    .refine(isZone, {error: 'should be a time zone such as Europe/Berlin'})
    .default('UTC')
    .describe('Time zone whose clocks cron is read by'),
  jitter: duration('Each run begins up to this much later, by the same amount wherever it is worked out').default(0),
  catchUp: z
    .enum(['none', 'once'])
    .default('none')
    .describe('When times passed while no agent ran: nothing, or one run for all of them'),
  startWithin: duration(
    'How long a start is tried when it is refused or fails; after that the time is missed, which is an alert',
  ).default(600_000),
  endWithin: duration('A run that takes longer is an alert; it is not stopped').optional(),
  yes: z.boolean().default(false).describe('Answers plain questions of the plan with yes, as --yes does'),
  confirm: z
    .array(z.string())
    .default([])
    .describe('Texts that must be typed, such as the name of a protected environment, as --confirm gives them'),
  reason: z.string().min(1).max(200).optional().describe('Why, for the audit trail'),
  enabled: z.boolean().default(true).describe('Whether it starts anything'),
  interval: duration('Time between looks at what became of it').default(10_000),
  timeout: duration('Deadline of one look').default(5_000),
}))
export type ScheduleConfig = z.infer<typeof scheduleSchema>
export type PlacedSchedule = ScheduleConfig & {readonly environment: string}

export const scheduleId = ({environment, name: own}: Pick<PlacedSchedule, 'environment' | 'name'>) =>
  `schedule/${environment}/${own}` as const
