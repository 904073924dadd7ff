import {messageOf, OpsError} from '../errors.ts'
import {sleep} from '../units/clock.ts'
import {formatAge} from '../units/duration.ts'
import type {Ended, ExecuteTools} from './execute-tools.ts'
import {recordEvent} from './into-trail.ts'
import type {LostLock, SharedLocks} from './ports.ts'
import type {StepEnd} from './step-run.ts'
import {named} from '../identity/named.ts'

const LOOK_AGAIN_MS = 500

/** Takes every lock, or says why not. Waits as long as the request says. */
export async function takeLocks(tools: ExecuteTools): Promise<Ended | {readonly fence: number}> {
  const {request, shared} = tools
  const taken = await takeAll(tools, shared)
  if (!('outcome' in taken) || request.localLock === undefined || !taken.alone || !shared) return withoutAlone(taken)
  shared.forget()
  recordEvent(
    tools,
    {action: 'local lock', phase: 'decision', target: request.plan.runbook, reason: request.localLock},
    {type: 'local-lock', by: request.actor, reason: `${request.localLock} (${taken.reason})`},
  )
  return withoutAlone(await takeAll(tools, undefined))
}

/** How a run ended is written down as it is: what only this file needs to know stays here. */
const withoutAlone = (taken: Refused | {readonly fence: number}): Ended | {readonly fence: number} =>
  'outcome' in taken ? {outcome: taken.outcome, reason: taken.reason} : taken

/** Resources in one order for everybody: two runs that want the same never wait for each other. */
const wanted = ({request}: ExecuteTools): readonly string[] =>
  request.dryRun ? [] : [...new Set(request.plan.locks)].sort()

type Refused = Ended & {
  /** The shared locks could not be asked: a lock would hold on this host only. */
  readonly alone: boolean
}

async function takeAll(
  tools: ExecuteTools,
  shared: SharedLocks | undefined,
): Promise<Refused | {readonly fence: number}> {
  const {request, journal, clock} = tools
  const deadline = clock.monotonic() + request.lockWaitMs
  let fence = 0
  for (const resource of wanted(tools)) {
    for (let told = ''; ; ) {
      const answer = await takeOne(tools, shared, resource)
      if ('fence' in answer) {
        fence = Math.max(fence, answer.fence)
        break
      }
      const patient = clock.monotonic() < deadline && !(answer.alone && request.localLock !== undefined)
      if (!patient) return {outcome: 'locked', reason: answer.why, alone: answer.alone}
      if (told !== answer.who) journal.append({type: 'lock-waiting', resource, holder: answer.why})
      told = answer.who
      await sleep(LOOK_AGAIN_MS, tools.abort)
    }
  }
  return {fence}
}

/** The local lock first, then the shared one under the same id; the fence is that of the wider of both. */
async function takeOne(
  tools: ExecuteTools,
  shared: SharedLocks | undefined,
  resource: string,
): Promise<{readonly fence: number} | {readonly why: string; readonly who: string; readonly alone: boolean}> {
  const {request, locks} = tools
  const reason = request.reason || request.plan.runbook
  const claim = {resource, run: request.run, actor: named(request.actor), reason}
  const local = locks.acquire(claim)
  if ('refused' in local) return {why: `${resource} is locked: ${local.why}`, who: local.refused.lock, alone: false}
  const {lock} = local.held
  let {fence} = local.held
  if (shared) {
    try {
      const answer = await shared.acquire({...claim, lock})
      if ('refused' in answer)
        return {why: `${resource} is locked: ${answer.why}`, who: answer.refused.lock, alone: false}
      fence = answer.held.fence
    } catch (error) {
      return {why: whyAlone(error, resource), who: 'nobody', alone: true}
    }
  }
  const scope = shared ? 'shared' : 'local'
  recordEvent(
    tools,
    {action: 'lock acquired', phase: 'intent', target: resource, detail: {fence, scope}},
    {type: 'lock-acquired', resource, lock, fence, scope},
  )
  return {fence}
}

function whyAlone(error: unknown, resource: string): string {
  if (!isOfLocks(error)) throw error
  const hint = error.hint === undefined ? '' : ` ${error.hint}`
  return `${error.message}. A lock on ${resource} would be local: other hosts would not see it.${hint} If you are sure that nobody else is working on it, run it with \`--local-lock REASON\``
}

const isOfLocks = (error: unknown): error is OpsError =>
  error instanceof OpsError && (error.code === 'lock/unreachable' || error.code === 'lock/setup')

/**
 * Before anything begins that may change something: the run still holds all of its locks, with the fences that its
 * steps were given. Raises `lock/lost` when it does not, or cannot know; then nothing more may be touched, not even to
 * undo, since it may be another's by now. `run/held`: another process works on this very run.
 */
export async function confirmHold(tools: ExecuteTools, step: string): Promise<void> {
  const {request, locks} = tools
  if (request.dryRun) return
  const lost = locks.confirm(request.run) ?? (tools.shared && (await confirmShared(tools, tools.shared, step)))
  if (lost === undefined) return
  const now = tools.clock.now()
  if (lost.resource === `run/${request.run}` && lost.now)
    throw new OpsError(
      'run/held',
      `process ${lost.now.process.pid} took this run over ${formatAge(lost.now.acquiredAt, now)}`,
    )
  throw new OpsError('lock/lost', `the lock on ${lost.resource} is no longer held by this run: ${whoHasIt(lost, now)}`)
}

function whoHasIt({now: holder}: LostLock, now: number): string {
  if (!holder) return 'it was released by force, and nobody holds it now'
  const {run, actor, host, reason, acquiredAt} = holder
  return `run ${run} of ${actor} on ${host} holds it since ${formatAge(acquiredAt, now)} (${reason})`
}

/** The same for a step. Undefined: it may begin; else how it ends, because the run was aborted while it waited. */
export async function mayBegin(tools: ExecuteTools, step: string): Promise<StepEnd | undefined> {
  try {
    await confirmHold(tools, step)
    return undefined
  } catch (error) {
    if (!tools.abort.aborted || error !== tools.abort.reason) throw error
    return {outcome: 'aborted', reason: messageOf(error)}
  }
}

/** Why nothing may begin, for where that ends an undo instead of a run. */
export async function whyNotHeld(tools: ExecuteTools, step: string): Promise<string | undefined> {
  try {
    await confirmHold(tools, step)
    return undefined
  } catch (error) {
    if (error instanceof OpsError && error.code === 'lock/lost') return error.message
    throw error
  }
}

/** While its lease surely lasts, a run goes on without the server; after that it waits for it as for a lock. */
async function confirmShared(tools: ExecuteTools, shared: SharedLocks, step: string): Promise<LostLock | undefined> {
  const {clock, journal, request} = tools
  const deadline = clock.monotonic() + request.lockWaitMs
  // An undo after an abort waits as well: the abort is spent.
  const signal = tools.abort.aborted ? undefined : tools.abort
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await shared.confirm(step)
    } catch (error) {
      if (!isOfLocks(error)) throw error
      if (shared.surelyHeld()) return undefined
      // The first failure may only be a connection that went away while nobody used it.
      if (attempt > 1 && clock.monotonic() >= deadline)
        throw new OpsError('lock/lost', `nobody can tell whether this run still holds its locks: ${error.message}`)
      if (attempt === 2) journal.append({type: 'lock-waiting', resource: shared.where, holder: error.message})
      await sleep(attempt === 1 ? 0 : LOOK_AGAIN_MS, signal)
    }
  }
}

/** What changed something and was not taken back, by its title; what did not end well with how it stands. */
export const whatStays = ({journal}: Pick<ExecuteTools, 'journal'>): readonly string[] =>
  journal
    .state()
    .steps.filter(view => view.attempt > 0 && !view.step.readOnly && view.state !== 'undone')
    .map(view => (view.state === 'done' ? view.step.title : `${view.step.title} (${view.state})`))

/** How a run ends that lost its lock: what it did stays, since undoing would touch what is another's. */
export function endedByLoss(tools: ExecuteTools, why: string): Ended {
  const did = whatStays(tools)
  if (did.length === 0) return {outcome: 'locked', reason: `${why}. No step had started; nothing was changed.`}
  return {
    outcome: 'undo failed',
    reason: `${why}. No further step was started, and nothing was undone. What was done stays: ${did.join(', ')}.`,
  }
}

/** Gives everything back. Returns what a person has to do about what could not be given back. */
export async function releaseLocks(tools: ExecuteTools): Promise<readonly string[]> {
  const {journal, locks, request, shared} = tools
  const given = new Set(locks.release(request.run))
  for (const resource of wanted(tools).filter(each => given.has(each)))
    journal.note({type: 'lock-released', resource, lock: ''})
  if (!shared) return []
  const again = await shared
    .release()
    .catch(() => shared.release())
    .catch((error: unknown) => error)
  if (again === undefined) return []
  if (!isOfLocks(again)) throw again
  return [
    `${again.message}. The run has ended, but its shared locks stay: see \`opsconsole lock list\` when it is back.`,
  ]
}
