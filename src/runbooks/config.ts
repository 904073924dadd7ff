import {z} from 'zod'
import {duration} from '../config/fields.ts'

/** Who may do what, and how long a question waits. */
export const policySchema = z.strictObject({
  readOnly: z.boolean().default(false).describe('Refuse every action that changes anything'),
  promptExpiry: duration('How long a question of a run waits before its stated default is taken').default(1_800_000),
  onFailure: z
    .enum(['undo', 'leave'])
    .default('undo')
    .describe('What happens when a step fails: undo in reverse order, or leave everything for a person'),
  runbooks: z
    .array(z.string())
    .default(['runbooks'])
    .describe('Directories with runbooks of your own, relative to the configuration file'),
})
export type PolicyConfig = z.infer<typeof policySchema>
