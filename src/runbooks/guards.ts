import {messageOf, OpsError} from '../errors.ts'
import {sleep} from '../units/clock.ts'
import type {Guard, GuardContext, StepContext} from './define.ts'
import type {ExecuteTools} from './execute-tools.ts'
import {record} from './into-trail.ts'
import type {PlannedGuard} from './plan.ts'
import {untilAborted} from './step-run.ts'

/** After the end of its time, a check that ignores its signal is not waited for longer. */
const GRACE_MS = 1_000

/**
 * Looks at every guard, again and again, until the returned function is called: while steps run, and while the run waits
 * for a person. One that does not hold stops the run as a failure would. Never throws; resolves when nothing checks any more.
 */
export function standGuard(tools: ExecuteTools, guards: readonly Guard[]): () => Promise<void> {
  const planned = tools.request.plan.guards ?? []
  if (tools.request.dryRun || planned.length === 0) return async () => {}
  const stop = new AbortController()
  const signal = AbortSignal.any([stop.signal, tools.abort])
  const watches = planned.flatMap(plan => {
    const guard = guards.find(each => each.id === plan.id)
    return guard ? [watch(tools, guard, {plan, signal})] : []
  })
  return async () => {
    stop.abort(new Error('the steps are over'))
    await Promise.allSettled(watches)
  }
}

async function watch(
  tools: ExecuteTools,
  guard: Guard,
  {plan, signal}: {readonly plan: PlannedGuard; readonly signal: AbortSignal},
): Promise<void> {
  for (let failed = 0; !signal.aborted; ) {
    const problem = standsYet(tools, plan) ? await checkGuard(tools, guard, {plan, signal}) : undefined
    if (signal.aborted) return
    if (problem === undefined && failed > 0) tell(tools, plan, {state: 'holds', reason: 'it holds again'})
    failed = problem === undefined ? 0 : failed + 1
    if (problem !== undefined && failed >= plan.failures) return halt(tools, plan, problem)
    if (problem !== undefined && failed === 1) tell(tools, plan, {state: 'failing', reason: problem})
    await sleep(plan.everyMs, signal).catch(() => {})
  }
}

/** From the end of its step on; without one, from the beginning. */
function standsYet(tools: ExecuteTools, {after}: PlannedGuard): boolean {
  if (after === undefined) return true
  const view = tools.journal.state().steps.find(({step}) => step.id === after)
  return view?.state === 'done' || view?.state === 'already done'
}

/** Why it does not hold. A check that fails says nothing good: an author who knows better catches it. */
async function checkGuard(
  tools: ExecuteTools,
  guard: Guard,
  {plan, signal}: {readonly plan: PlannedGuard; readonly signal: AbortSignal},
): Promise<string | undefined> {
  const late = AbortSignal.timeout(plan.timeoutMs)
  const both = AbortSignal.any([signal, late])
  try {
    const context: GuardContext = tools.guardContext(both)
    const verdict = await untilAborted(guard.condition(context), both, GRACE_MS)
    if (verdict === true) return undefined
    if (verdict === false) return 'it does not hold'
    return verdict.ok ? undefined : verdict.reason
  } catch (error) {
    return late.aborted ? `it could not be checked within ${plan.timeoutMs} ms` : messageOf(error)
  }
}

class BrokenGuard extends Error {
  override readonly name = 'BrokenGuard'
  readonly guard: string
  constructor(guard: string, reason: string) {
    super(reason)
    this.guard = guard
  }
}

function halt(tools: ExecuteTools, plan: PlannedGuard, problem: string): void {
  const reason = plan.failures === 1 ? problem : `${problem} (${plan.failures} checks in a row)`
  tell(tools, plan, {state: 'broken', reason})
  tools.halt(
    new OpsError('run/guard', `the guard "${plan.title}" does not hold: ${reason}`, {
      cause: new BrokenGuard(plan.id, reason),
    }),
  )
}

/** In the journal and, when it stops the run, in the trail. A disk that takes neither stops the run at its next record. */
function tell(
  tools: ExecuteTools,
  {id, title}: PlannedGuard,
  {state, reason}: {readonly state: 'failing' | 'holds' | 'broken'; readonly reason: string},
): void {
  try {
    if (state === 'broken')
      record(tools, {action: 'guard', phase: 'decision', target: title, outcome: 'run stopped', reason})
    tools.journal.append({type: 'guard', guard: id, title, state, reason})
  } catch {
    // As above.
  }
}

/** Which guard stopped the run, and why it did not hold; undefined: none did. */
export function brokenGuard({reason}: AbortSignal): StepContext['stoppedBy'] {
  const cause = reason instanceof OpsError ? reason.cause : undefined
  return cause instanceof BrokenGuard ? {guard: cause.guard, reason: cause.message} : undefined
}

/** Whether it was a guard that stopped the run: then it failed, and nobody aborted it. */
export const stoppedByGuard = (abort: AbortSignal): boolean =>
  abort.reason instanceof OpsError && abort.reason.code === 'run/guard'
