import {z} from 'zod'
import {duration, httpUrl, secret, share} from '../config/fields.ts'

export const severitySchema = z.enum(['critical', 'warning', 'info'])
export type Severity = z.infer<typeof severitySchema>

export const channelSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('file'),
    name: z.string().min(1).describe('Name of the channel, for people and for alerts test'),
    path: z.string().min(1).describe('File that gets one JSON line for each notification'),
    severities: z.array(severitySchema).default(['critical', 'warning']).describe('Which severities go here'),
  }),
  z.strictObject({
    type: z.literal('webhook'),
    name: z.string().min(1).describe('Name of the channel, for people and for alerts test'),
    url: httpUrl('Gets a POST with a JSON document'),
    token: secret('Sent as a bearer token').optional(),
    severities: z.array(severitySchema).default(['critical', 'warning']).describe('Which severities go here'),
    timeout: duration('Deadline of one delivery').default(5_000),
  }),
])
export type ChannelConfig = z.infer<typeof channelSchema>

/** Built-in rules and their thresholds, and where notifications go. */
export const alertsSchema = z.strictObject({
  failures: z.number().int().min(1).default(3).describe('Consecutive failed probes before a target is reported down'),
  degradedFor: duration('How long a target must be degraded before it is reported').default(120_000),
  hitRateBelow: share('Cache hit rate below which an alert is raised').default(0.5),
  cooldown: duration('Least time between two notifications of one alert').default(300_000),
  channels: z.array(channelSchema).default([]).describe('Where notifications go'),
})
export type AlertsConfig = z.infer<typeof alertsSchema>
