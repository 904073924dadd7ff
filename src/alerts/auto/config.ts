import {z} from 'zod'
import {duration} from '../../config/fields.ts'
import {matcherFields} from '../routing/config.ts'
import {runbookTemplate} from '../rules/config.ts'

const LONGEST_WITHIN_MS = 30 * 86_400_000
const count = (meaning: string, otherwise: number) => z.number().int().min(1).default(otherwise).describe(meaning)

/** A policy: which alerts an agent answers by starting a runbook, and what holds it back. The first whose alerts these are counts. */
export const autoSchema = z.lazy(() =>
  z.strictObject({
    name: z
      .string()
      .regex(/^[a-z0-9][a-z0-9._-]{0,40}$/, {error: 'should be a name of lower-case letters, digits, dashes'})
      .describe('Unique name, for the trail'),
    ...matcherFields(),
    environments: z
      .array(z.string().min(1))
      .min(1)
      .optional()
      .describe('Environments; a protected one must be named here as it is called, * is not enough'),
    runbook: runbookTemplate.optional().describe('What is started; the runbook of the alert when left out'),
    after: duration('How long the alert must have fired').default(0),
    attempts: count('Runs for one alert while it fires', 1),
    budget: z
      .strictObject({
        runs: count('So many runs for one alert, however often it comes and goes, …', 3),
        within: duration('… within this time, 30d at most')
          .refine(ms => ms > 0 && ms <= LONGEST_WITHIN_MS, {error: 'should be more than 0s and 30d at most'})
          .default(86_400_000),
      })
      .prefault({})
      .describe('How many runs one alert may cost'),
    coolDown: duration(
      'Least time between the end of a run and the next one for the same alert; what still fires after it was not helped',
    ).default(600_000),
    atOnce: count('Runs of this policy at once', 1),
    mostTargets: count(
      'While more targets than this have alerts of the policy, pending ones too, nothing is started: what is wrong everywhere is for a person',
      3,
    ),
    yes: z.boolean().default(false).describe('Answers plain questions of the plan with yes, as --yes does'),
    confirm: z
      .array(z.string())
      .default([])
      .describe('Texts that must be typed, such as the name of a protected environment, as --confirm gives them'),
  }),
)
export type AutoPolicy = z.output<typeof autoSchema>
