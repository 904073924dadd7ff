import {messageOf} from '../errors.ts'
import type {StepContext} from './define.ts'
import type {ExecuteTools} from './execute-tools.ts'
import {brokenGuard} from './guards.ts'
import {recordEvent} from './into-trail.ts'
import type {Frozen} from './freeze.ts'
import {whyNotHeld} from './run-locks.ts'
import {untilAborted} from './step-run.ts'

/**
 * Takes back what was done, newest first, the failed step included: it may have happened in part. Stops at the first
 * undo that fails, since what comes before it may rely on it (never stop the new slot while traffic still goes there).
 */
export async function undoSteps(
  tools: ExecuteTools,
  frozen: Frozen,
  stop: {readonly index: number; readonly fence: number},
): Promise<{readonly count: number; readonly failed: string | undefined}> {
  let count = 0
  for (let index = stop.index; index >= 0; index -= 1) {
    const step = frozen.steps[index]
    const planned = tools.request.plan.steps[index]
    const view = tools.journal.state().steps[index]
    if (
      !step?.undo ||
      !planned ||
      !view ||
      view.attempt === 0 ||
      view.state === 'undone' ||
      view.state === 'already done' ||
      view.state === 'skipped'
    )
      continue
    const lost = await whyNotHeld(tools, `undo ${step.title}`)
    if (lost !== undefined)
      return {count, failed: `Undoing ${step.title} was not started, what was done stays: ${lost}`}
    const failed = await undoOne(tools, {step, planned, fence: stop.fence})
    if (failed !== undefined) return {count, failed: `Undoing ${step.title} failed: ${failed}`}
    count += 1
  }
  return {count, failed: undefined}
}

interface UndoJob {
  readonly step: Frozen['steps'][number]
  readonly planned: ExecuteTools['request']['plan']['steps'][number]
  readonly fence: number
}

function undoContext(tools: ExecuteTools, {step, planned, fence}: UndoJob, signal: AbortSignal): StepContext {
  const context = tools.context(step, planned, {signal, fence, phase: 'undo'})
  const stoppedBy = brokenGuard(tools.abort)
  return stoppedBy === undefined ? context : Object.assign(context, {stoppedBy})
}

async function undoOne(tools: ExecuteTools, job: UndoJob): Promise<string | undefined> {
  const {step, planned} = job
  const {clock, request} = tools
  const target = planned.targets.join(', ') || step.title
  const began = clock.monotonic()
  recordEvent(
    tools,
    {action: 'undo', phase: 'intent', target, step: step.id},
    {type: 'step-started', step: step.id, attempt: 1, key: `${request.run}/${step.id}`, phase: 'undo'},
  )
  // The run's abort is already spent: an undo has only its own deadline.
  const signal = AbortSignal.timeout(planned.timeoutMs)
  let reason: string | undefined
  try {
    await untilAborted(step.undo?.(undoContext(tools, job, signal)) ?? Promise.resolve(), signal)
  } catch (error) {
    reason = messageOf(error)
  }
  const outcome = reason === undefined ? 'done' : 'failed'
  recordEvent(
    tools,
    {action: 'undo', phase: 'outcome', target, step: step.id, outcome, ...(reason === undefined ? {} : {reason})},
    {
      type: 'step-finished',
      step: step.id,
      phase: 'undo',
      outcome,
      reason: reason ?? '',
      durationMs: Math.max(0, Math.round(clock.monotonic() - began)),
    },
  )
  return reason
}
