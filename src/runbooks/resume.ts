import {messageOf, OpsError} from '../errors.ts'
import type {Actor} from '../identity/actor.ts'
import {ask} from './ask.ts'
import type {Step} from './define.ts'
import {endRun, passApproved, passStages, runSteps} from './execute.ts'
import type {Ended, ExecuteTools} from './execute-tools.ts'
import {recordEvent} from './into-trail.ts'
import type {Frozen} from './freeze.ts'
import {planDifferences} from './plan-differences.ts'
import {planHashLike} from './plan-hash.ts'
import {takeLocks, whatStays} from './run-locks.ts'
import {hostAnswers, noneOpen, recheckHosts, settleHosts, unknownText} from './resume-hosts.ts'
import {type InFlightCommand, inFlightLines} from './in-flight.ts'
import {hostAnswerOf} from './host-answers.ts'
import type {RunbookSource} from './load.ts'
import type {Plan, PlannedStep} from './plan.ts'
import {sourceDifferences} from './source-differences.ts'
import {type Settlement, SETTLEMENTS} from './settlements.ts'
import type {StepView} from './state.ts'
import {undoSteps} from './undo.ts'
import {named} from '../identity/named.ts'

export interface ResumeTools extends ExecuteTools {
  /** The steps as the stored plan makes them: from the facts that were frozen, not from the world of now. */
  readonly rebuild: () => Promise<Frozen>
  readonly inFlight: readonly InFlightCommand[]
  /** The runbook's files as they are now, without secrets. */
  readonly sources: () => readonly RunbookSource[]
  /** A changed runbook is accepted, with this reason. */
  readonly override: string | undefined
  /** Only to undo what it did and end it, for this reason. */
  readonly abandon?: string | undefined
  /** Nobody is here to settle an unknown step. */
  readonly unattended: boolean
}

const IN_FLIGHT = new Set(['running', 'undoing', 'unknown'])
const UNTOUCHED = new Set(['pending', 'waiting'])

/**
 * Takes up a run whose runner died. Finished steps are never run again: their verification is asked once more. A step
 * that was in flight is unknown until a recheck or a person settles it. Throws, changing nothing, when it may not continue.
 */
export async function resumeRun(tools: ResumeTools): Promise<Ended> {
  if (tools.abandon !== undefined) return abandonRun(tools, tools.abandon)
  const {journal, request} = tools
  const frozen = await acceptRunbook(tools)
  refuseWhileRunning(tools)
  const moved = await movedOn(tools, frozen)
  if (moved && tools.unattended) throw moved
  const began = beginningOf(tools)
  const suspended = journal.state().suspended === true
  // A suspended run has touched nothing yet; nor has one whose runner died before its first step.
  const untouched = suspended || journal.state().steps.every(view => UNTOUCHED.has(view.state))
  const fence = untouched ? 0 : await takeBack(tools)
  recordEvent(
    tools,
    {action: 'run resumed', phase: 'intent', target: request.plan.runbook, reason: tools.override ?? request.reason},
    {type: 'run-resumed', actor: request.actor, reason: tools.override ?? '', process: tools.process},
  )
  // It begins where it stopped, drift included.
  if (suspended) return endRun(tools, began, () => passApproved(tools))
  // What it still waited for, it asks again.
  if (untouched) return endRun(tools, began, () => passStages(tools))
  const undoing = wasStopped(tools)
  const settled = moved ? await settleMoved(tools, moved) : await settleUnknown(tools, frozen)
  if (settled === 'left' && moved) throw moved
  if (settled === 'left') throw new OpsError('run/unsettled', 'nobody settled the unknown step; the run stays as it is')
  return endRun(tools, began, () =>
    settled === 'abort' || undoing ? goOnUndoing(tools, frozen, fence) : runSteps(tools, frozen, fence),
  )
}

/**
 * Ends a run of which nobody wants the rest: what was in flight counts as begun, and all that can be undone is undone, newest
 * first. Where its steps cannot be made again, it ends all the same and says what stays.
 */
async function abandonRun(tools: ResumeTools, reason: string): Promise<Ended> {
  const {journal, request} = tools
  refuseWhileRunning(tools)
  const began = beginningOf(tools)
  const untouched = journal.state().steps.every(view => UNTOUCHED.has(view.state))
  const fence = untouched ? 0 : await takeBack(tools)
  recordEvent(
    tools,
    {action: 'run resumed', phase: 'intent', target: request.plan.runbook, reason, detail: {only: 'to undo'}},
    {type: 'run-resumed', actor: request.actor, reason, process: tools.process},
  )
  for (const view of journal.state().steps.filter(({state}) => IN_FLIGHT.has(state)))
    noteSettled(tools, view, {choice: 'abort', by: request.actor, reason})
  const why = `aborted by ${named(request.actor)}${reason ? `: ${reason}` : ''}`
  return endRun(tools, began, async () => {
    if (untouched) return {outcome: 'aborted', reason: `${why}. No step had started; nothing was changed.`}
    const frozen = await stepsAgain(tools)
    if (typeof frozen === 'string') return staysAsItIs(tools, `${why}. ${frozen}`)
    const ended = await goOnUndoing(tools, frozen, fence)
    const left = isLeft(tools) ? 'Left as it is.' : 'There was nothing to undo.'
    return ended.outcome === 'failed' ? {outcome: 'aborted', reason: `${why}. ${left}`} : ended
  })
}

/** When the run began, on the monotonic clock: it took the time of all its runners, not of the last one alone. */
function beginningOf({journal, clock}: ResumeTools): number {
  const now = clock.now()
  return clock.monotonic() - Math.max(0, now - (journal.state().startedAt ?? now))
}

/** The steps of the plan; why there are none, where its runbook makes others or cannot be loaded. */
async function stepsAgain(tools: ResumeTools): Promise<Frozen | string> {
  try {
    const frozen = await tools.rebuild()
    const {steps} = tools.request.plan
    const same = frozen.steps.length === steps.length && frozen.steps.every((step, at) => step.id === steps[at]?.id)
    return same ? frozen : 'Its runbook makes other steps now'
  } catch (error) {
    return `Its steps cannot be made again: ${messageOf(error)}`
  }
}

function staysAsItIs(tools: ResumeTools, why: string): Ended {
  const did = whatStays(tools)
  if (did.length === 0) return {outcome: 'aborted', reason: `${why}. There was nothing to undo.`}
  return {outcome: 'undo failed', reason: `${why}. Nothing was undone. What was done stays: ${did.join(', ')}.`}
}

/** Locks that another run took meanwhile are waited for before a run is taken up, not by a run that is half done. */
async function takeBack(tools: ResumeTools): Promise<number> {
  const locked = await takeLocks({...tools, request: {...tools.request, lockWaitMs: 0}})
  if (!('outcome' in locked)) return locked.fence
  // What it did get stays as it was: with a step unknown, not even a part of its locks may be given away.
  throw new OpsError('run/held', `${locked.reason}. The run stays as it is, half done; resume it later`)
}

async function acceptRunbook(tools: ResumeTools): Promise<Frozen> {
  const frozen = await tools.rebuild()
  const {request} = tools
  const {plan} = request
  if (planHashLike(frozen.plan, plan) === plan.hash) return frozen
  const lines = sourceDifferences(request.sources, tools.sources())
  const changed = (text: string, hint: string): OpsError =>
    new OpsError('runbook/changed', [`${plan.runbook} changed since the run began: ${text}`, ...lines].join('\n'), {
      hint,
    })
  if (tools.override === undefined)
    throw changed(
      `${request.file} was ${plan.runbookHash.slice(0, 12)} and is ${frozen.plan.runbookHash.slice(0, 12)}; ${differences(plan, frozen.plan)}`,
      'Put the old file back, or accept the new one with --override and --reason; both are audited.',
    )
  const same =
    frozen.steps.length === plan.steps.length && frozen.steps.every((step, index) => step.id === plan.steps[index]?.id)
  if (!same)
    throw changed(
      differences(plan, frozen.plan),
      'A run can be neither continued nor undone with steps that were never shown: put the old file back.',
    )
  return frozen
}

function differences(before: Plan, after: Plan): string {
  const ids = (list: readonly PlannedStep[]): string => list.map(step => step.id).join(', ')
  if (ids(before.steps) !== ids(after.steps)) return `its steps were ${ids(before.steps)} and are ${ids(after.steps)}`
  const found = planDifferences(before, after)
  return found.length > 0 ? found.join('; ') : 'the plan it makes is the same, what its steps do may differ'
}

function refuseWhileRunning(tools: ResumeTools): void {
  const running = tools.inFlight.filter(command => command.fate === 'running')
  if (running.length === 0) return
  throw new OpsError('run/unsettled', `a command of the run is still running: ${inFlightLines(running).join('; ')}`, {
    hint: 'Wait for it to end, or stop that process, then resume.',
  })
}

/** The world may have moved on: what was finished must still hold. Undefined: it does. */
async function movedOn(tools: ResumeTools, frozen: Frozen): Promise<OpsError | undefined> {
  for (const [index, view] of tools.journal.state().steps.entries()) {
    const step = frozen.steps[index]
    if (view.state !== 'done' || !step?.verify || step.readOnly) continue
    const failed = await verifyOnce(tools, step, view)
    if (failed !== undefined)
      return new OpsError(
        'run/drift',
        `${view.step.title} was finished, but no longer holds: ${failed}. Fix it, or undo the run with \`opsconsole runs settle ${tools.request.run} abort\`.`,
      )
  }
  return undefined
}

/** On ground that moved, the run only goes back. */
async function settleMoved(tools: ResumeTools, moved: OpsError): Promise<'abort' | 'left'> {
  const answer = await ask(
    {...tools, signal: tools.abort},
    {
      step: undefined,
      kind: 'unknown',
      text: `${moved.message} Undo what was done?`,
      touches: [],
      type: undefined,
      choices: ['abort'],
      fallback: 'leave',
    },
  )
  if (answer.answer !== 'abort') return 'left'
  for (const view of tools.journal.state().steps.filter(({state}) => IN_FLIGHT.has(state)))
    noteSettled(tools, view, {choice: 'abort', by: answer.by, reason: answer.reason})
  return 'abort'
}

function noteSettled(
  tools: ResumeTools,
  {step}: StepView,
  settled: {readonly choice: Settlement; readonly by: Actor; readonly reason: string},
): void {
  const {choice, reason} = settled
  recordEvent(
    tools,
    {action: 'step settled', phase: 'decision', target: step.title, step: step.id, outcome: choice, reason},
    {type: 'step-settled', step: step.id, ...settled},
  )
}

async function verifyOnce(tools: ResumeTools, step: Step, view: StepView): Promise<string | undefined> {
  try {
    const verdict = await step.verify?.(tools.context(step, view.step, {signal: tools.abort, fence: 0, phase: 'check'}))
    if (verdict === true || verdict === undefined || (typeof verdict === 'object' && verdict.ok)) return undefined
    return typeof verdict === 'object' ? verdict.reason : 'its verification does not pass'
  } catch (error) {
    return messageOf(error)
  }
}

async function settleUnknown(tools: ResumeTools, frozen: Frozen): Promise<'settled' | 'abort' | 'left'> {
  for (const [index, view] of tools.journal.state().steps.entries()) {
    const step = frozen.steps[index]
    if (!step || !IN_FLIGHT.has(view.state)) continue
    const choice = await settleStep(tools, step, view)
    if (choice !== 'settled') return choice
  }
  return 'settled'
}

async function settleStep(tools: ResumeTools, step: Step, view: StepView): Promise<'settled' | 'abort' | 'left'> {
  const {request} = tools
  const settle = (choice: Settlement, by: Actor, reason: string): void => noteSettled(tools, view, {choice, by, reason})
  if (step.onUnknown === 'rerun' && step.idempotent) {
    settle('rerun', request.actor, 'declared harmless to run twice')
    return 'settled'
  }
  if (noneOpen(tools, view)) {
    settle('rerun', request.actor, 'no host was in flight; those that have their outcome are passed over')
    return 'settled'
  }
  if (step.onUnknown === 'recheck' && (await recheck(tools, step, view))) {
    settleByRecheck(view, (choice, reason) => settle(choice, request.actor, reason))
    return 'settled'
  }
  if (tools.unattended) return 'left'
  for (;;) {
    const commands = tools.inFlight.filter(command => command.step === step.id)
    const byHost = hostAnswers(tools, step, view)
    const answer = await ask(
      {...tools, signal: tools.abort},
      {
        step: step.id,
        kind: 'unknown',
        text: unknownText(tools, view),
        touches: inFlightLines(commands),
        type: undefined,
        choices: [...SETTLEMENTS],
        ...(byHost === undefined ? {} : {byHost}),
        fallback: 'leave',
      },
    )
    const said = hostAnswerOf({byHost}, answer.answer)
    if (said !== undefined) {
      await settleHosts(tools, {step, view, said}, answer)
      if (!noneOpen(tools, view)) continue
      settle('rerun', answer.by, 'each host was settled on its own; those that have their outcome are passed over')
      return 'settled'
    }
    const choice = answer.answer as Settlement | 'leave'
    if (choice === 'leave') return 'left'
    if (choice === 'recheck') {
      if (!(await recheck(tools, step, view))) continue
      settleByRecheck(view, (found, reason) => settle(found, answer.by, answer.reason || reason))
      return 'settled'
    }
    settle(
      choice,
      answer.by,
      answer.reason || (choice === 'rerun' ? 'to be run again; what it does may happen twice' : ''),
    )
    return choice === 'abort' ? 'abort' : 'settled'
  }
}

/** The wanted state of the step holds: it happened. Of one that was being taken back that says it still stands. */
function settleByRecheck({state}: StepView, settle: (choice: Settlement, reason: string) => void): void {
  if (state === 'undoing') settle('rerun', 'its recheck says that it still stands: it is to be taken back')
  else settle('recheck', 'its recheck says it happened')
}

/** The step's own word on whether its wanted state holds: verify, else check. Only reads. */
async function recheck(tools: ResumeTools, step: Step, view: StepView): Promise<boolean> {
  if (view.hosts) return recheckHosts(tools, step, view)
  if (step.verify) return (await verifyOnce(tools, step, view)) === undefined
  try {
    return (
      (await step.check?.(tools.context(step, view.step, {signal: tools.abort, fence: 0, phase: 'check'}))) === 'done'
    )
  } catch {
    return false
  }
}

/** A step had failed or was being taken back: the run was on its way to its end, and goes on there. */
const STOPPED = new Set(['failed', 'aborted', 'undoing', 'undone', 'undo failed'])
const wasStopped = (tools: ResumeTools): boolean => tools.journal.state().steps.some(view => STOPPED.has(view.state))

/** Nothing is undone, by what the plan or a dry run says. */
const isLeft = ({request}: ResumeTools): boolean => request.dryRun || request.plan.onFailure === 'leave'

async function goOnUndoing(tools: ResumeTools, frozen: Frozen, fence: number): Promise<Ended> {
  const {steps} = tools.journal.state()
  const stuck = steps.find(view => view.state === 'undo failed')
  if (stuck) return {outcome: 'undo failed', reason: `Undoing ${stuck.step.title} failed: ${stuck.reason}`}
  if (isLeft(tools)) return {outcome: 'failed', reason: 'resumed after a step had failed. Left as it is.'}
  const index = steps.findLastIndex(view => view.attempt > 0 && view.state !== 'undone')
  const undone = await undoSteps(tools, frozen, {index, fence})
  if (undone.failed) return {outcome: 'undo failed', reason: undone.failed}
  const count = tools.journal.state().steps.filter(view => view.state === 'undone').length
  if (count === 0) return {outcome: 'failed', reason: 'resumed after a step had failed. There was nothing to undo.'}
  return {outcome: 'undone', reason: `resumed to undo: ${count === 1 ? '1 step was' : `${count} steps were`} undone.`}
}
