import {z} from 'zod'
import {duration, secret} from '../config/fields.ts'

/** Shorter, and a moment of load takes for gone who is only slow. */
const SHORTEST_EXPIRY_MS = 2000

/** Who may do what, and how long a question waits. */
export const policySchema = z.strictObject({
  readOnly: z.boolean().default(false).describe('Refuse every action that changes anything'),
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
  runbooks: z
    .array(z.string())
    .default(['runbooks'])
    .describe('Directories with runbooks of your own, relative to the configuration file'),
})
/** Locks that several hosts respect. Without this section locks hold among the runs of one state directory. */
export const sharedLocksSchema = z.strictObject({
  url: secret('postgres:// URL of the database that keeps the locks; one for all hosts that must not collide'),
  expiry: duration('How long a lock outlives a host that is gone; it is renewed three times in that time')
    .refine(ms => ms >= SHORTEST_EXPIRY_MS, {error: 'should be at least 2s'})
    .default(30_000),
})
export type SharedLocksConfig = z.infer<typeof sharedLocksSchema>

export type PolicyConfig = z.infer<typeof policySchema>
