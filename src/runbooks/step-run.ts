import {messageOf, OpsError} from '../errors.ts'
import {sleep} from '../units/clock.ts'
import type {Step, StepContext} from './define.ts'
import type {StepOutcome} from './events.ts'
import type {Journal} from './ports.ts'
import type {PlannedStep} from './plan.ts'

/** How a step came out, and why. */
export interface StepEnd {
  readonly outcome: StepOutcome
  readonly reason: string
  /** The gate did not let it begin: the run ends as refused. */
  readonly refused?: true
}

export interface StepRunTools {
  readonly journal: Journal
  /** The run's own abort. */
  readonly abort: AbortSignal
  /** A context whose signal also carries the step's deadline. */
  readonly context: (signal: AbortSignal) => StepContext
  readonly key: string
  readonly dryRun: boolean
  /** Why it may not be tried again; undefined: it may. */
  readonly whyNotAgain: () => Promise<string | undefined>
}

const VERIFY_EVERY_MS = 1000
const LONGEST_BACKOFF_MS = 30_000

/** Runs one step to its end: attempts, deadline, verification. Never throws for a step that fails. */
export async function runStep(tools: StepRunTools, step: Step, planned: PlannedStep): Promise<StepEnd> {
  for (let attempt = 1; ; attempt += 1) {
    tools.journal.append({type: 'step-started', step: step.id, attempt, key: tools.key, phase: 'run'})
    const {left, ...end} = await attemptStep(tools, step, planned)
    if (end.outcome !== 'failed' || attempt > planned.retries || tools.abort.aborted) return end
    if (left) return {outcome: 'failed', reason: `${end.reason}; not tried again while that may run`}
    const delayMs = Math.min(LONGEST_BACKOFF_MS, 1000 * 2 ** (attempt - 1))
    tools.journal.append({type: 'step-retry', step: step.id, attempt, delayMs, reason: end.reason})
    try {
      await sleep(delayMs, tools.abort)
      const why = await tools.whyNotAgain()
      if (why !== undefined) return {outcome: 'failed', reason: `${end.reason}; not tried again: ${why}`}
    } catch {
      return {outcome: 'aborted', reason: 'aborted while waiting to try again'}
    }
  }
}

/** `left`: something that it started may still run, where it cannot be stopped. */
type AttemptEnd = StepEnd & {readonly left?: boolean}

async function attemptStep(tools: StepRunTools, step: Step, planned: PlannedStep): Promise<AttemptEnd> {
  const deadline = new AbortController()
  const timer = setTimeout(
    () => deadline.abort(new OpsError('step/timeout', `${step.title} did not finish within its time limit`)),
    planned.timeoutMs,
  )
  const signal = AbortSignal.any([tools.abort, deadline.signal])
  try {
    const context = tools.context(signal)
    await untilAborted(step.run?.(context) ?? Promise.resolve(), signal)
    if (tools.dryRun || !step.verify) return {outcome: 'done', reason: ''}
    return await verified(step, context, signal)
  } catch (error) {
    // Nobody may think that all is over there.
    const left = error instanceof OpsError && error.code === 'host/left'
    const more = left ? `; ${error.message}` : ''
    if (tools.abort.aborted) return {outcome: 'aborted', reason: messageOf(tools.abort.reason) + more}
    // What the verification last saw says more than that the time was up.
    const saw = error instanceof OpsError && error.code === 'step/verify'
    if (deadline.signal.aborted)
      return {outcome: 'failed', reason: messageOf(saw ? error : deadline.signal.reason) + more, left}
    if (tools.dryRun) return {outcome: 'done', reason: `cannot know further: ${messageOf(error)}`}
    return {outcome: 'failed', reason: messageOf(error), left}
  } finally {
    clearTimeout(timer)
  }
}

/** Asks again every second until it holds or the time is up. */
async function verified(step: Step, context: StepContext, signal: AbortSignal): Promise<StepEnd> {
  let reason = 'its verification did not pass'
  for (;;) {
    try {
      const verdict = await untilAborted(step.verify?.(context) ?? Promise.resolve(true), signal)
      if (verdict === true) return {outcome: 'done', reason: ''}
      // Many write one reason for both: it says why it does not hold.
      if (typeof verdict === 'object' && verdict.ok) return {outcome: 'done', reason: ''}
      if (typeof verdict === 'object') reason = verdict.reason
    } catch (error) {
      if (signal.aborted) throw new OpsError('step/verify', `${messageOf(signal.reason)}; last: ${reason}`)
      reason = messageOf(error)
    }
    try {
      await sleep(VERIFY_EVERY_MS, signal)
    } catch {
      throw new OpsError('step/verify', `verification did not pass in time: ${reason}`)
    }
  }
}

/** A step that ignores its signal is not waited for for ever: it gets a short grace to clean up after itself. */
export function untilAborted<T>(work: Promise<T>, signal: AbortSignal, graceMs = 15_000): Promise<T> {
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined
    const stop = (): void => {
      timer = setTimeout(() => reject(signal.reason as Error), graceMs)
    }
    const clear = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', stop)
    }
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, {once: true})
    work.then(resolve, reject).finally(clear)
  })
}
