import {messageOf, OpsError, toOpsError} from '../errors.ts'
import {awaitApproval} from './approval.ts'
import {ask} from './ask.ts'
import {asking, type Ended, type ExecuteTools} from './execute-tools.ts'
import {recordEvent} from './into-trail.ts'
import {exitOf} from './exit.ts'
import type {Frozen} from './freeze.ts'
import {planDifferences} from './plan-differences.ts'
import {planHash} from './plan-hash.ts'
import {standGuard, stoppedByGuard} from './guards.ts'
import {passStep, type StepJob} from './pass-step.ts'
import {endedByLoss, releaseLocks, takeLocks} from './run-locks.ts'
import type {StepEnd} from './step-run.ts'
import {undoSteps} from './undo.ts'

/** Carries out exactly the plan that was shown. Resolves when the run has ended; its journal says how. */
export async function executeRun(tools: ExecuteTools): Promise<Ended> {
  const {request, clock} = tools
  const began = clock.monotonic()
  const {plan, actor, reason, dryRun} = request
  recordEvent(
    tools,
    {
      action: 'run started',
      phase: 'intent',
      target: plan.runbook,
      reason,
      detail: {params: plan.params, plan: plan.hash, runbook: plan.runbookHash, dryRun},
    },
    {type: 'run-started', plan, actor, reason, dryRun, process: tools.process},
  )
  return endRun(tools, began, () => passStages(tools))
}

/** Carries out the stages and, whatever comes of them, releases what is held and records how it ended. */
export async function endRun(tools: ExecuteTools, began: number, stages: () => Promise<Ended>): Promise<Ended> {
  const {journal, request, clock} = tools
  let ended: Ended
  try {
    ended = await stages()
  } catch (error) {
    ended = endedBy(tools, error)
  }
  journal.flush() // before anybody else may have the locks
  const leftLocked = await releaseLocks(tools)
  if (ended.outcome === 'suspended') {
    const {reason} = ended
    recordEvent(
      tools,
      {action: 'run suspended', phase: 'outcome', target: request.plan.runbook, reason},
      {type: 'run-suspended', reason},
    )
    return ended
  }
  const afterwards = [...leftLocked, ...afterwardsOf(tools, ended)]
  const durationMs = Math.max(0, Math.round(clock.monotonic() - began))
  recordEvent(
    tools,
    {action: 'run ended', phase: 'outcome', target: request.plan.runbook, ...ended},
    {type: 'run-ended', ...ended, exitCode: exitOf(ended.outcome), durationMs, afterwards},
  )
  return ended
}

/** The stages of a run, in order. Each either passes or ends the run. */
export async function passStages(tools: ExecuteTools): Promise<Ended> {
  return (await confirmStart(tools)) ?? passApproved(tools)
}

/** What follows once the start was confirmed; a suspended run is taken up here. */
export async function passApproved(tools: ExecuteTools): Promise<Ended> {
  const waiting = await approve(tools)
  if (waiting) return waiting
  const refused = await tools.whyNotAdmitted()
  if (refused !== undefined) return {outcome: 'refused', reason: refused}
  const locked = await takeLocks(tools)
  if ('outcome' in locked) return locked
  if (planHash(tools.request.plan) !== tools.request.plan.hash)
    return {outcome: 'refused', reason: 'the stored plan was altered after it was shown. Plan again.'}
  const frozen = await tools.refreeze(tools.abort)
  if (frozen.plan.hash !== tools.request.plan.hash) return drifted(tools, frozen)
  return runSteps(tools, frozen, locked.fence)
}

async function confirmStart(tools: ExecuteTools): Promise<Ended | undefined> {
  const {start} = tools.request.plan
  if (start.kind === 'none' || tools.request.dryRun) return undefined
  const answer = await ask(asking(tools), {
    step: undefined,
    kind: 'confirm',
    text: `Start ${tools.request.plan.runbook} in ${tools.request.environment}?`,
    touches: tools.request.plan.steps
      .filter(step => !step.readOnly && step.skipped === undefined)
      .map(step => step.title),
    type: start.kind === 'type' ? start.text : undefined,
    choices: ['yes', 'no'],
    fallback: 'no',
  })
  return answer.answer === 'yes'
    ? undefined
    : {
        outcome: 'aborted',
        reason: answer.via === 'expiry' ? 'nobody confirmed the start in time' : 'the start was not confirmed',
      }
}

/** Another person's word, where the policy wants it; a reason typed for breaking the glass stands in for it. */
async function approve(tools: ExecuteTools): Promise<Ended | undefined> {
  const {request, journal} = tools
  const need = request.plan.approval
  if (!need || request.dryRun) return undefined
  if (request.breakGlass !== undefined) {
    recordEvent(
      tools,
      {action: 'break-glass', phase: 'decision', target: request.plan.runbook, reason: request.breakGlass},
      {type: 'break-glass', by: request.actor, reason: request.breakGlass},
    )
    return undefined
  }
  const starter = journal.state().actor ?? request.actor
  const end = await awaitApproval({...asking(tools), unattended: request.unattended === true}, starter, need)
  if (end.kind === 'approved') return undefined
  return {outcome: end.kind, reason: end.reason}
}

function drifted(tools: ExecuteTools, frozen: Frozen): Ended {
  const differences = planDifferences(tools.request.plan, frozen.plan)
  const what =
    frozen.plan.runbookHash === tools.request.plan.runbookHash
      ? 'the world changed since the plan was shown'
      : 'the runbook changed since the plan was shown'
  return {outcome: 'refused', reason: `${what}: ${differences.join('; ') || 'the runbook file differs'}. Plan again.`}
}

export async function runSteps(tools: ExecuteTools, frozen: Frozen, fence: number): Promise<Ended> {
  const leavePost = standGuard(tools, frozen.guards)
  let stop: Stop | undefined
  try {
    stop = await passSteps(tools, frozen, fence)
  } finally {
    await leavePost()
  }
  return stop ? stopAndUndo(tools, frozen, stop) : provenOrNot(tools)
}

/** All steps are done; whether that is good is for the runbook to say. */
function provenOrNot(tools: ExecuteTools): Ended {
  const reason = tools.request.dryRun ? undefined : tools.runbook.unproven?.(endContext(tools))
  return reason === undefined ? {outcome: 'done', reason: ''} : {outcome: 'unproven', reason}
}

const endContext = ({request: {plan, run}, journal}: ExecuteTools) => ({
  params: plan.params,
  facts: plan.facts as never,
  environment: plan.environment,
  run,
  saved: journal.state().saved,
})

/** Where and how the steps were stopped; undefined: all have been passed. */
async function passSteps(tools: ExecuteTools, frozen: Frozen, fence: number): Promise<Stop | undefined> {
  for (const [index, step] of frozen.steps.entries()) {
    const planned = tools.request.plan.steps[index]
    if (!planned || planned.skipped !== undefined) continue
    const state = tools.journal.state().steps[index]?.state
    if (state === 'done' || state === 'already done' || state === 'skipped') continue
    const end = await passOrStop(tools, {step, planned, fence})
    if (end.outcome === 'failed' || end.outcome === 'aborted') return {index, fence, end}
  }
  return undefined
}

interface Stop {
  readonly index: number
  readonly fence: number
  readonly end: StepEnd
}

/** An abort while the step waits for an answer ends the step like any other: what was done before it is undone. */
async function passOrStop(tools: ExecuteTools, job: StepJob): Promise<StepEnd> {
  try {
    return await passStep(tools, job)
  } catch (error) {
    if (!tools.abort.aborted || error !== tools.abort.reason || toOpsError(error).code === 'lock/lost') throw error
    return {outcome: 'aborted', reason: messageOf(error)}
  }
}

/**
 * After a failure, an abort or a refusal: undo in reverse order, or leave everything for a person, by policy. The gate
 * is not asked: what was admitted may always be taken back.
 */
async function stopAndUndo(tools: ExecuteTools, frozen: Frozen, stop: Stop): Promise<Ended> {
  const stopped = stoppedOnPurpose(tools, stop.end)
  const reason = `${frozen.steps[stop.index]?.title}: ${stop.end.reason}`
  if (tools.request.dryRun || tools.request.plan.onFailure === 'leave')
    return {outcome: stopped ?? 'failed', reason: `${reason}. Left as it is.`}
  const undone = await undoSteps(tools, frozen, stop)
  if (undone.failed) return {outcome: 'undo failed', reason: `${reason}. ${undone.failed}`}
  if (stopped)
    return {outcome: stopped, reason: undone.count === 0 ? reason : `${reason}. ${countOf(undone.count)} undone.`}
  return undone.count === 0
    ? {outcome: 'failed', reason: `${reason}. There was nothing to undo.`}
    : {outcome: 'undone', reason: `${reason}. ${countOf(undone.count)} undone.`}
}

/** Neither is a failure of the step: it was not let begin, or somebody stopped it. */
function stoppedOnPurpose(tools: ExecuteTools, {outcome, refused}: StepEnd): 'refused' | 'aborted' | undefined {
  if (refused) return 'refused'
  return outcome === 'aborted' && !stoppedByGuard(tools.abort) ? 'aborted' : undefined
}

const countOf = (steps: number): string => (steps === 1 ? '1 step was' : `${steps} steps were`)

function endedBy(tools: ExecuteTools, error: unknown): Ended {
  const known = toOpsError(error)
  if (known.code === 'run/held') throw known
  if (known.code === 'lock/lost') return endedByLoss(tools, known.message)
  if (tools.abort.aborted)
    return {outcome: stoppedByGuard(tools.abort) ? 'failed' : 'aborted', reason: messageOf(tools.abort.reason)}
  if (known.code.startsWith('state/') || known.code.startsWith('audit/')) throw known
  return {outcome: known.exit === 7 ? 'refused' : 'failed', reason: known.message}
}

function afterwardsOf(tools: ExecuteTools, ended: Ended): readonly string[] {
  if ((ended.outcome !== 'done' && ended.outcome !== 'unproven') || tools.request.dryRun) return []
  try {
    return tools.runbook.afterwards?.(endContext(tools)) ?? []
  } catch (error) {
    return [`the runbook's own closing notes could not be made: ${messageOf(error)}`]
  }
}

/** Raised when a person, a signal or a console stops the run. */
export const abortedBy = (who: string, reason: string): OpsError =>
  new OpsError('cancelled/interrupted', `aborted by ${who}${reason ? `: ${reason}` : ''}`)
