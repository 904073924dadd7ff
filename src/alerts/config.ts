import {z} from 'zod'
import {duration, share} from '../config/fields.ts'
import {lateObject} from '../kinds/late-object.ts'
import {alertmanagerSchema} from './alertmanagers/config.ts'
import {autoSchema} from './auto/config.ts'
import {channels} from './channels/registry.ts'
import {intakeSchema} from './intake/config.ts'
import {routingFields} from './routing/config.ts'
import {ruleSchema} from './rules/config.ts'
import {runNoticeSchema} from './runs/config.ts'

/** The thresholds of the rules that come with the program, rules of one's own, and where notifications go. */
export const alertsSchema = lateObject(() => ({
  failureThreshold: z
    .number()
    .int()
    .min(1)
    .default(3)
    .describe('Consecutive failed probes before a target is reported down'),
  degradedFor: duration('How long a target must be degraded before it is reported').default(120_000),
  hitRateBelow: share('Cache hit rate below which an alert is raised').default(0.5),
  groupInterval: duration('Least time between two notifications of one alert').default(300_000),
  repeatInterval: duration('What still fires and nobody acknowledged is notified again after this time')
    .refine(ms => ms >= 60_000, {error: 'should be 1m at least'})
    .default(4 * 3_600_000),
  rules: z.array(ruleSchema).default([]).describe('Rules of your own, and changes of those that come with the program'),
  ...routingFields(),
  alertmanagers: z.array(alertmanagerSchema).default([]).describe('Alertmanagers whose alerts are shown beside ours'),
  intake: z.array(intakeSchema).default([]).describe('Who may tell the agent of alerts of their own, by POST'),
  auto: z
    .array(autoSchema)
    .default([])
    .describe('Alerts whose runbook an agent starts by itself, and how often it may'),
  runs: z.array(runNoticeSchema).default([]).describe('Who is told what becomes of runs'),
  channels: z.array(channels.schema).default([]).describe('Where notifications go'),
}))
export type AlertsConfig = z.infer<typeof alertsSchema>
