import {z} from 'zod'
import {lateObject} from '../../kinds/late-object.ts'
import {duration} from '../../config/fields.ts'
import {severitySchema} from '../severity.ts'
import {conditionSchema} from './conditions/registry.ts'

/** Names appear in ids of alerts; those that come with the program have blanks. */
const ruleName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9 ._-]{0,40}$/, {error: 'should be a name of lower-case letters, digits, blanks, dashes'})
const texts = (meaning: string) => z.record(z.string().max(60), z.string().max(200)).describe(meaning)

/** A runbook with parameters that may name what it is for. */
export const runbookTemplate = lateObject(() => ({
  name: z.string().min(1).describe('Name of the runbook'),
  params: texts('Its parameters; {name}, {kind}, {environment} and {target} are filled').default({}),
}))

/** A rule of the configuration. One with the name of an earlier rule changes that for its targets. */
export const ruleSchema = z.lazy(() =>
  z.strictObject({
    name: ruleName.describe('Name of the rule; that of an earlier one changes that one where both apply'),
    on: z
      .array(z.string().regex(/^[a-z*]+\/[^/]+$/, {error: 'should be written like service/web, cache/* or */*'}))
      .min(1)
      .optional()
      .describe('Targets, such as service/web or cache/*; all when left out'),
    environments: z.array(z.string()).min(1).optional().describe('Environments in which it applies; all when left out'),
    off: z.boolean().optional().describe('The rule of this name does not apply to these targets'),
    when: conditionSchema
      .optional()
      .describe('What is a breach; may be left out where an earlier rule of this name says it'),
    for: duration('How long a breach must last before the alert fires').optional(),
    keepFiringFor: duration('How long the alert stays after the breach is over').optional(),
    severity: severitySchema.optional().describe('How bad it is; warning when nothing else says it'),
    runbook: runbookTemplate.optional().describe('Runbook that answers the alert'),
    labels: texts('Labels of the alert, for routing and receivers').optional(),
  }),
)
export type RuleConfig = z.output<typeof ruleSchema>
