import type {Change, Consent} from '../admission/change.ts'
import type {Actor} from '../identity/actor.ts'
import type {Plan, PlannedStep} from '../runbooks/plan.ts'
import type {LockHolder, RunRequest} from '../runbooks/ports.ts'
import {isWayBack} from '../runbooks/way-back.ts'
import type {RunView} from './engine.ts'

/** What is asked of a run, as changes for the gate. What a runbook may take away is confirmed by the run's own questions. */

type Where = 'console' | 'command'

export const startChange = (actor: Actor, plan: Plan, reason: string): Change => ({
  action: 'run requested',
  target: plan.runbook,
  environment: plan.environment,
  run: plan.run,
  danger: plan.danger,
  reason,
  actor,
  via: 'run',
  consent: 'asked',
})

export const resumeChange = (actor: Actor, view: RunView, wayBack: boolean): Change => ({
  ...ofRun(view),
  action: 'run taken up',
  danger: view.plan?.danger ?? 'safe',
  actor,
  via: 'run',
  wayBack,
})

export const answerChange = (
  actor: Actor,
  view: RunView,
  {answer, reason, via}: {readonly answer: string; readonly reason: string; readonly via: Where},
): Change => ({
  ...ofRun(view),
  action: 'answer given',
  actor,
  via,
  reason,
  wayBack: isWayBack(answer),
  detail: {answer},
})

export const decisionChange = (
  actor: Actor,
  view: RunView,
  {
    step,
    choice,
    reason,
    via,
  }: {readonly step: string; readonly choice: string; readonly reason: string; readonly via: Where},
): Change => ({...ofRun(view), action: 'decision given', actor, via, reason, step, detail: {choice}})

export const approvalChange = (actor: Actor, view: RunView, reason: string): Change => ({
  ...ofRun(view),
  action: 'approval given',
  actor,
  via: 'command',
  reason,
  detail: {plan: view.plan?.hash},
})

export const abortChange = (
  actor: Actor,
  view: RunView,
  {reason, via}: {readonly reason: string; readonly via: Where},
): Change => ({...ofRun(view), action: 'abort requested', actor, via, reason, wayBack: true})

const ofRun = ({run, plan}: RunView) =>
  ({target: plan?.runbook ?? run, environment: plan?.environment ?? '', run, danger: 'safe', consent: 'asked'}) as const

/** Whoever holds it would go on with what the lock was to keep others from. */
export const releaseChange = (
  actor: Actor,
  {resource, run, actor: holder, host}: LockHolder,
  said: {readonly environment: string; readonly reason: string; readonly scope: string; readonly consent: Consent},
): Change => ({
  action: 'lock released by force',
  target: resource,
  environment: said.environment,
  reason: said.reason,
  run,
  danger: 'disruptive',
  actor,
  via: 'command',
  consent: said.consent,
  detail: {holder, host, scope: said.scope},
})

/** The next step of a run, with what was said when it was started. A dry run touches nothing. */
export function stepChange({run, environment, plan, actor, dryRun}: RunRequest, step: PlannedStep | undefined): Change {
  const {start} = plan
  return {
    action: step === undefined ? 'run started' : 'step',
    target: step === undefined ? plan.runbook : step.targets.join(', ') || step.title,
    environment,
    run,
    ...(step === undefined ? {} : {step: step.id}),
    danger: dryRun ? 'safe' : plan.danger,
    actor,
    via: 'step',
    consent: {yes: start.kind !== 'none', typed: start.kind === 'type' ? [start.text] : []},
  }
}
