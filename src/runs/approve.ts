import {OpsError} from '../errors.ts'
import {attest} from '../identity/attest.ts'
import {approvalRefusal} from '../runbooks/approval.ts'
import type {Prompt} from '../runbooks/events.ts'
import {approvalChange} from './changes.ts'
import type {RunsContext} from './context.ts'
import type {RunView} from './engine.ts'

/** Leaves the approval where the run finds it, now or when it is taken up. */
export async function approveRun(
  context: Pick<RunsContext, 'actor' | 'clock' | 'gate' | 'runs'>,
  view: RunView,
  {reason, plan}: {readonly reason: string; readonly plan: string | undefined},
): Promise<void> {
  const {prompt, actor, plan: frozen, run} = view
  if (prompt?.kind !== 'approval' || !actor || !frozen)
    throw new OpsError('run/ended', `run ${run} does not wait for an approval`)
  if (plan !== undefined && !frozen.hash.startsWith(plan))
    throw new OpsError('run/refused', `run ${run} has plan ${frozen.hash.slice(0, 16)}, not ${plan}`)
  const by = context.actor()
  const change = approvalChange(by, view, reason)
  context.gate.admit(change)
  const over = approvalOver(context, prompt)
  // The run sees a file, which keeps a uid and no login.
  const refusal = over ?? approvalRefusal(actor, attest(by, by.uid) ?? by)
  if (refusal !== undefined)
    throw context.gate.refuse(change, {
      rule: over === undefined ? 'another person' : 'time to approve',
      code: 'run/refused',
      reason: refusal,
      hint: over === undefined ? 'Another person must approve it, logged in as themselves.' : 'Start it again.',
    })
  await context.gate.carryOut(change, () =>
    context
      .runs()
      .run(run)
      .leave({kind: 'answer', prompt: prompt.id, plan: frozen.hash, answer: 'approve', reason, by, via: 'command'}),
  )
}

/** A suspended run has no process that would see its question expire, so whoever approves looks at the clock. */
export function approvalOver({clock}: Pick<RunsContext, 'clock'>, {kind, expiresAt}: Prompt): string | undefined {
  if (kind !== 'approval' || clock.now() < expiresAt) return undefined
  return `the time to approve it was over at ${new Date(expiresAt).toISOString()}`
}
