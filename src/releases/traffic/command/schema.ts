import {z} from 'zod'
import {lateObject} from '../../../kinds/late-object.ts'
import {duration} from '../../../config/fields.ts'
import {platformFields} from '../../../platforms/fields.ts'
import {readSchema} from './read-schema.ts'

export const commandTrafficSchema = lateObject(() => ({
  type: z.literal('command'),
  state: z
    .array(z.string())
    .min(1)
    .describe('Program that prints where each instance is, as JSON; see docs/releases.md. No shell'),
  move: z
    .array(z.string())
    .min(1)
    .describe(
      'Program that moves instances: once for each with {server} or its {id}, {to} (serving, draining, off) and {weight} filled in; with {weight:NAME} once for all, with the share that each then has; else once for all, as a JSON list on standard input',
    ),
  read: readSchema
    .optional()
    .describe('Where the answers stand in what `state` prints; left out where it prints what docs/releases.md says'),
  ids: z
    .record(z.string(), z.string().min(1))
    .default({})
    .describe('What the platform calls each instance; its own name when left out'),
  words: z
    .strictObject({
      serving: z.array(z.string()).min(1).default(['serving']).describe('Words for: takes new requests'),
      draining: z.array(z.string()).min(1).default(['draining']).describe('Words for: only finishes what it holds'),
      off: z.array(z.string()).min(1).default(['off']).describe('Words for: gets nothing'),
    })
    .prefault({})
    .describe('What {to} in `move` is on this platform'),
  already: z
    .array(z.string().min(3))
    .default([])
    .describe('Words by which `move` says that it is so already: then it is no failure'),
  settle: duration('How long `state` may take to show what was moved').default(0),
  ...platformFields(),
  notUndone: z
    .array(z.string().min(1))
    .default([])
    .describe('What moving the traffic back does not bring back, for plans; said before anything starts'),
  drain: z
    .boolean()
    .default(false)
    .describe('An instance can finish what it holds and get nothing new; `state` then prints its `sessions`'),
  weights: z.boolean().default(false).describe('An instance can get a share of the requests'),
  counts: z.boolean().default(false).describe('`state` prints `responses` and `errors` of each instance'),
  timeout: duration('Deadline of one of these programs').default(60_000),
}))
export type CommandTrafficSpec = z.infer<typeof commandTrafficSchema>
