import {z} from 'zod'
import {once} from '../../units/once.ts'
import {severitySchema} from '../severity.ts'

/** What every channel's section begins with. */
export const channelFields = once(() => ({
  name: z.string().min(1).describe('Name of the channel, for people and for alerts test'),
  severities: z.array(severitySchema).default(['critical', 'warning']).describe('Which severities go here'),
  rateLimit: z
    .number()
    .int()
    .min(1)
    .optional()
    .describe('Most notifications in a minute; what is more waits, the worst first. No limit when left out'),
  fallback: z
    .string()
    .optional()
    .describe('Name of the channel that is notified as well when two attempts on this one have failed'),
}))

/** Waits between attempts to deliver one notification; then there is one attempt a group interval, without end. */
export const RETRY_MS = [1_000, 5_000, 30_000, 120_000] as const
export const LONGEST_RETRY_MS = 120_000
