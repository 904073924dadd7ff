import type {Actor} from '../identity/actor.ts'
import {named} from '../identity/named.ts'
import {samePerson} from '../identity/same.ts'
import {type AskTools, askAgain} from './ask.ts'
import type {PolicyConfig} from '../admission/config.ts'
import type {Plan} from './plan.ts'

/** What a plan needs before it may run: another person's word, or nothing. */
export interface ApprovalNeed {
  /** Milliseconds after which nobody may approve any more. */
  readonly expiresMs: number
  readonly reason: string
}

/** The first rule of the policy that matches; undefined: no approval is needed. */
export function approvalNeed(
  policy: Pick<PolicyConfig, 'approvals'>,
  runbook: string,
  environment: string,
): ApprovalNeed | undefined {
  const rule = policy.approvals.find(
    each =>
      (each.runbook === '*' || each.runbook === runbook) &&
      (each.environment === undefined || each.environment === environment),
  )
  return (
    rule && {
      expiresMs: rule.expires,
      reason: `the policy requires another person to approve ${runbook} in ${environment}`,
    }
  )
}

/** Why this person may not approve this run; undefined when they may. */
export function approvalRefusal(starter: Actor, approver: Actor): string | undefined {
  const {same, reason} = samePerson(starter, approver)
  return same ? `${named(approver)} is the person who started the run (${reason})` : undefined
}

export type ApprovalEnd =
  | {readonly kind: 'approved'}
  /** A person declined it. */
  | {readonly kind: 'aborted'; readonly reason: string}
  /** Its time is over. */
  | {readonly kind: 'refused'; readonly reason: string}
  | {readonly kind: 'suspended'; readonly reason: string}

/** How long an unattended run looks for an approval that is already there. */
const LOOK_MS = 1500

/** Waits for another person's word on exactly this plan. Unattended runs do not wait: they are suspended. */
export async function awaitApproval(
  tools: AskTools & {readonly unattended: boolean},
  starter: Actor,
  need: ApprovalNeed,
): Promise<ApprovalEnd> {
  const {plan} = tools.request
  const answer = await askAgain(
    {...tools, expiryMs: need.expiresMs},
    {
      step: undefined,
      kind: 'approval',
      text: `Approve ${plan.runbook} in ${plan.environment}, started by ${named(starter)}? It needs another person.`,
      touches: [...changesOf(plan), `plan ${plan.hash.slice(0, 16)}`],
      type: undefined,
      choices: ['approve', 'abort'],
      fallback: 'abort',
    },
    {
      accepts: request =>
        request.answer !== 'approve' ||
        (approvalRefusal(starter, request.by) === undefined &&
          (request.plan === undefined || request.plan === plan.hash)),
      ...(tools.unattended ? {giveUpMs: LOOK_MS} : {}),
    },
  )
  if (answer === undefined)
    return {
      kind: 'suspended',
      reason: `${need.reason}: \`opsconsole runs approve ${plan.run}\`, then \`opsconsole runs resume ${plan.run}\``,
    }
  if (answer.answer === 'approve') return {kind: 'approved'}
  if (answer.via === 'expiry') return {kind: 'refused', reason: 'nobody approved it in time'}
  return {kind: 'aborted', reason: `not approved by ${named(answer.by)}`}
}

const changesOf = (plan: Plan): readonly string[] =>
  plan.steps.filter(step => !step.readOnly && step.skipped === undefined).map(step => step.title)
