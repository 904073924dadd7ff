import {z} from 'zod'
import {duration} from '../../config/fields.ts'
import {once} from '../../units/once.ts'
import {parseCron} from '../../units/cron.ts'
import {wallOf} from '../../units/wall-time.ts'
import {isZone} from '../../units/zone.ts'
import {severitySchema} from '../severity.ts'

const names = (meaning: string) => z.array(z.string().min(1).max(200)).min(1).optional().describe(meaning)

/** Which alerts are meant. What is left out says nothing; `*` stands for any text. */
export const matcherFields = once(() => ({
  rules: names('Names of rules, such as down'),
  on: names('Targets, such as service/web or cache/*'),
  environments: names('Environments'),
  severities: z.array(severitySchema).min(1).optional().describe('Severities'),
  labels: z.record(z.string().max(60), z.string().max(200)).optional().describe('Labels with their values'),
}))

const matcher = z.lazy(() => z.strictObject(matcherFields()))

/** While one alert fires, nobody is notified of certain others. */
const inhibitionSchema = z.lazy(() =>
  z.strictObject({
    while: matcher.describe('Alerts that, while one of them fires, …'),
    hold: matcher.describe('… keep these from being notified'),
    same: z
      .array(z.string().min(1))
      .default(['environment'])
      .describe('What both must have in common: environment, target, rule, or the name of a label'),
  }),
)
export type Inhibition = z.output<typeof inhibitionSchema>

const WEEK_MS = 7 * 86_400_000

const zoneField = once(() =>
  z
    .string()
    .refine(isZone, {error: 'should be a time zone such as Europe/Berlin'})
    .default('UTC')
    .describe('Time zone whose clocks are meant'),
)

/** A time in which work is expected: nobody is notified. Watching goes on, and what still is wrong at its end is told. */
const maintenanceSchema = z.lazy(() =>
  z.strictObject({
    name: z.string().min(1).max(60).describe('What it is, for people'),
    ...matcherFields(),
    cron: z
      .string()
      .refine(text => parseCron(text) !== undefined, {error: 'should be a schedule of five fields such as "0 3 * * 0"'})
      .describe('When it begins: minute, hour, day of the month, month, day of the week'),
    zone: zoneField(),
    for: duration('How long it is')
      .refine(ms => ms > 0 && ms <= WEEK_MS, {error: 'should be more than 0s and 7d at most'})
      .describe('How long it is, 7d at most'),
  }),
)
export type Maintenance = z.output<typeof maintenanceSchema>

/** A time by the clocks of the schedule's zone. */
const wallTime = (meaning: string) =>
  z
    .string()
    .refine(text => wallOf(text) !== undefined, {error: 'should be a time such as 2026-01-05T09:00, without a zone'})
    .describe(meaning)

/** Who is on call: people in turn, and exceptions. */
export const onCallSchema = z.lazy(() =>
  z.strictObject({
    name: z.string().min(1).max(60).describe('Name of the schedule, for escalations'),
    zone: zoneField(),
    people: z.array(z.string().min(1)).min(1).describe('People in turn, by their names'),
    start: wallTime('When the first of them began, in that zone'),
    every: duration('How long a turn is; the hour of handing over stays when clocks change')
      .refine(ms => ms >= 3_600_000 && ms <= 3_650 * 86_400_000, {error: 'should be from 1h to 3650d'})
      .default(604_800_000),
    overrides: z
      .array(
        z.strictObject({
          person: z.string().min(1).describe('Who stands in'),
          from: wallTime('From when, in that zone'),
          until: wallTime('Until when'),
        }),
      )
      .default([])
      .describe('Exceptions; of two that hold, the later one in the list counts'),
  }),
)
export type OnCallSchedule = z.output<typeof onCallSchema>

const personSchema = z.lazy(() =>
  z.strictObject({
    name: z.string().min(1).max(60).describe('Name, for schedules and escalations'),
    channels: z.array(z.string().min(1)).min(1).describe('Channels that reach this person and nobody else'),
  }),
)

/** Who is notified, and who next, while nobody acknowledges. The first whose alerts these are counts. */
const escalationSchema = z.lazy(() =>
  z.strictObject({
    name: z.string().min(1).max(60).describe('Name, for people'),
    ...matcherFields(),
    steps: z
      .array(
        z.strictObject({
          after: duration('How long after the alert fired; 0, 10 and 30 minutes when left out').optional(),
          to: z.array(z.string().min(1)).min(1).describe('Names of channels, people, or schedules of on-call'),
        }),
      )
      .min(1)
      .describe('One after the other until somebody acknowledges'),
  }),
)
export type Escalation = z.output<typeof escalationSchema>

export type Person = z.output<typeof personSchema>

/** Who is notified of what, and when nobody is. */
export const routingFields = once(() => ({
  groupBy: z
    .array(z.string().min(1))
    .default([])
    .describe(
      'What alerts have in common that come as one notification: environment, target, rule, or a label; none by default',
    ),
  groupWait: duration('How long the next notification of a group waits for more; the first does not').default(30_000),
  inhibitions: z.array(inhibitionSchema).default([]).describe('Alerts that keep others from being notified'),
  maintenance: z.array(maintenanceSchema).default([]).describe('Times in which nobody is notified'),
  people: z.array(personSchema).default([]).describe('People who can be on call'),
  onCall: z.array(onCallSchema).default([]).describe('Who is on call when'),
  escalations: z.array(escalationSchema).default([]).describe('Who is notified, and who next'),
}))
