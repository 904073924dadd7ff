import {z} from 'zod'
import {duration} from '../../../config/fields.ts'

export const commandTrafficSchema = z.strictObject({
  type: z.literal('command'),
  state: z
    .array(z.string())
    .min(1)
    .describe('Program that prints where each instance is, as JSON; see docs/releases.md. No shell'),
  move: z
    .array(z.string())
    .min(1)
    .describe(
      'Program that moves instances: once for each with {server}, {to} (serving, draining, off) and {weight} filled in; without {server} once for all, as a JSON list on standard input',
    ),
  drain: z
    .boolean()
    .default(false)
    .describe('An instance can finish what it holds and get nothing new; `state` then prints its `sessions`'),
  weights: z.boolean().default(false).describe('An instance can get a share of the requests'),
  counts: z.boolean().default(false).describe('`state` prints `responses` and `errors` of each instance'),
  timeout: duration('Deadline of one of these programs').default(60_000),
})
export type CommandTrafficSpec = z.infer<typeof commandTrafficSchema>
