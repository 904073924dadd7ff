import {z} from 'zod'
import {duration} from '../../config/fields.ts'
import {parseCron} from '../../units/cron.ts'
import {wallOf} from '../../units/wall-time.ts'
import {isZone} from '../../units/zone.ts'

const LONGEST_MS = 31 * 86_400_000

const wallTime = (meaning: string) =>
  z
    .string()
    .refine(text => wallOf(text) !== undefined, {error: 'should be a time such as 2026-12-24T00:00, without a zone'})
    .optional()
    .describe(meaning)

/** A time in which nothing disruptive or destructive begins. */
export const freezeSchema = z.lazy(() =>
  z.strictObject({
    name: z.string().min(1).max(60).describe('What it is, for people'),
    environments: z.array(z.string()).min(1).optional().describe('Where it holds; everywhere when left out'),
    from: wallTime('From when, by the clocks of the zone; with until'),
    until: wallTime('Until when'),
    cron: z
      .string()
      .refine(text => parseCron(text) !== undefined, {
        error: 'should be a schedule of five fields such as "0 18 * * fri"',
      })
      .optional()
      .describe('Instead of from and until: when it begins each time; with for'),
    for: duration('How long it is each time')
      .refine(ms => ms > 0 && ms <= LONGEST_MS, {error: 'should be more than 0s and 31d at most'})
      .optional(),
    zone: z
      .string()
      .refine(isZone, {error: 'should be a time zone such as Europe/Berlin'})
      .default('UTC')
      .describe('Time zone whose clocks are meant'),
    allow: z.array(z.string()).default([]).describe('Runbooks that may run all the same, such as rollback'),
    override: z
      .array(z.string())
      .optional()
      .describe('People who may override it with a reason, by their names in the audit trail; everybody when left out'),
  }),
)
export type FreezeConfig = z.output<typeof freezeSchema>
