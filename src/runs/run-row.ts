import type {RunRow} from '../runbooks/rows.ts'
import {stepAtHand, stepsBehind} from '../runbooks/state.ts'
import type {RunView} from './engine.ts'

/** A run as lists show it. */
export function runRow(view: RunView): RunRow {
  const current = stepAtHand(view) ?? view.steps.at(-1)
  return {
    id: view.run,
    runbook: view.plan?.runbook ?? '?',
    environment: view.plan?.environment ?? '?',
    actor: view.actor?.name ?? '?',
    ...(view.actor && view.actor.loginUid === undefined ? {noLogin: true} : {}),
    startedAt: view.startedAt ?? 0,
    endedAt: view.endedAt,
    durationMs: view.durationMs,
    usualMs: view.plan?.usualMs,
    state: view.outcome ?? (view.suspended ? 'suspended' : view.lost ? 'lost' : view.prompt ? 'waiting' : 'running'),
    stepIndex: stepsBehind(view),
    stepCount: view.steps.length,
    stepTitle: current?.step.title ?? '',
    reason: view.endReason || view.reason,
    dryRun: view.dryRun,
    exitCode: view.exitCode,
  }
}
