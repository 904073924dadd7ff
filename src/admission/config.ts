import {z} from 'zod'
import type {Environment} from '../config/environment.ts'
import type {FreezeConfig} from './freezes/config.ts'
import {duration} from '../config/fields.ts'
import {lateObject} from '../kinds/late-object.ts'

/** Who may do what, and how long a question waits. */
export const policySchema = lateObject(() => ({
  readOnly: z
    .boolean()
    .default(false)
    .describe(
      'Refuse every action that changes anything, from now on and before the next step of runs under way; stopping and undoing a run stays possible',
    ),
  promptExpiry: duration('How long a question of a run waits before its stated default is taken').default(1_800_000),
  onFailure: z
    .enum(['undo', 'leave'])
    .default('undo')
    .describe('What happens when a step fails: undo in reverse order, or leave everything for a person'),
  approvals: z
    .array(
      z.strictObject({
        runbook: z.string().min(1).describe('Name of the runbook, or * for every one that changes anything'),
        environment: z.string().optional().describe('Only in this environment; in every one when left out'),
        expires: duration('How long another person may approve').default(1_800_000),
      }),
    )
    .default([])
    .describe('Runbooks that another person must approve before they run'),
  runbookDirectories: z
    .array(z.string())
    .default(['runbooks'])
    .describe('Directories with runbooks of your own, relative to the configuration file'),
}))
export type PolicyConfig = z.infer<typeof policySchema>

/** The part of the configuration that decides what may change. */
export interface AdmissionConfig {
  readonly policy: PolicyConfig
  readonly environments: readonly Environment[]
  readonly freezes?: readonly FreezeConfig[]
  /** The configuration file, to be named in a refusal. */
  readonly file: string
}
