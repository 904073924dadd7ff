import {messageOf, OpsError} from '../errors.ts'
import type {StepContext} from './define.ts'
import type {HostView} from './host-states.ts'
import type {Verdict} from './ops.ts'
import {untilAborted} from './step-run.ts'

/** The hosts of one step, and where they stand among all. */
export interface HostBatch {
  /** The id that was given to `hosts`. */
  readonly id: string
  readonly names: readonly string[]
  readonly own: readonly string[]
  /** Hosts of the batches after this one. */
  readonly later: readonly string[]
  /** So many may fail, over all batches. */
  readonly limit: number
}

interface Failure {
  readonly host: string
  readonly reason: string
  readonly error: unknown
}

/** Does the work where it has not begun, all at the same time, and decides whether the run may go on. */
export async function runBatch(
  batch: HostBatch,
  context: StepContext,
  work: (host: string) => Promise<void>,
): Promise<void> {
  const {signal, hostRecord} = context
  const view = (host: string): HostView | undefined => hostRecord.viewOf(host)
  const before = failedBefore(batch, context)
  if (before.length > batch.limit) throw tooMany(batch, context, before, [])
  const left = batch.own.filter(host => (view(host)?.state ?? 'pending') === 'pending')
  const failures = await failuresOf(left, async host => {
    signal.throwIfAborted()
    hostRecord.begin(host)
    try {
      await untilAborted(work(host), signal)
    } catch (error) {
      // What may still run there has no outcome.
      if (!mayRun(error)) hostRecord.end(host, signal.aborted ? 'aborted' : 'failed', messageOf(error))
      throw error
    }
    hostRecord.end(host, 'done')
  })
  if (signal.aborted) {
    const running = failures.filter(each => mayRun(each.error))
    if (running.length > 0)
      throw new OpsError('host/left', running.map(each => each.reason).join('; '), {cause: signal.reason})
    signal.throwIfAborted()
  }
  passOver(batch, context, {before, failures})
}

/**
 * Failures so far: those of other batches, and those of this one that were recorded before the run was taken up. A host that a
 * person left out counts with them.
 */
function failedBefore({id, own}: HostBatch, {saved, hostRecord}: StepContext): readonly string[] {
  const others = failedHosts(saved, id).filter(host => !own.includes(host))
  const isOut = (host: string): boolean => ['failed', 'skipped'].includes(hostRecord.viewOf(host)?.state ?? '')
  return [...others, ...own.filter(isOut)]
}

/** As many as may fail are passed over and remembered; one more stops the run. */
function passOver(
  batch: HostBatch,
  context: StepContext,
  {before, failures}: {readonly before: readonly string[]; readonly failures: readonly Failure[]},
): void {
  const {id, limit} = batch
  const failed = [...before, ...failures.map(each => each.host)]
  if (failed.join(' ') !== failedHosts(context.saved, id).join(' ')) context.save(`${id}: failed hosts`, failed)
  if (failures.length === 0) return
  if (failed.length > limit) throw tooMany(batch, context, failed, failures)
  context.log(`${reasonsOf(failures)}. Continuing: ${failed.length} of ${limit} hosts that may fail`)
}

function tooMany(
  {own, names, later, limit}: HostBatch,
  {hostRecord}: StepContext,
  failed: readonly string[],
  failures: readonly Failure[],
): OpsError {
  const known =
    failures.length > 0
      ? reasonsOf(failures)
      : failed.map(host => [host, hostRecord.viewOf(host)?.reason].filter(Boolean).join(': ')).join('; ')
  const waiting = [...own.filter(host => hostRecord.viewOf(host)?.state === 'pending'), ...later]
  const done = names.filter(host => !waiting.includes(host) && !failed.includes(host))
  return new OpsError(
    failures.some(each => mayRun(each.error)) ? 'host/left' : 'step/failed',
    `${failed.length} of ${names.length} hosts failed, ${limit} may (${known}). Done: ${done.join(', ') || 'none'}. Not begun: ${waiting.join(', ') || 'none'}`,
  )
}

/** The hosts of `hosts({id})` that failed and were passed over, by what the run has saved. */
export function failedHosts(saved: Readonly<Record<string, unknown>>, id: string): readonly string[] {
  return (saved[`${id}: failed hosts`] as readonly string[] | undefined) ?? []
}

const reasonsOf = (failures: readonly Failure[]): string =>
  failures.map(({host, reason}) => `${host}: ${reason}`).join('; ')

const mayRun = (error: unknown): boolean => error instanceof OpsError && error.code === 'host/left'

/** All at the same time; every one is waited for, so that no command goes on unseen. */
async function failuresOf(own: readonly string[], work: (host: string) => Promise<void>): Promise<readonly Failure[]> {
  const ended = await Promise.all(
    own.map(async (host): Promise<Failure | undefined> => {
      try {
        await work(host)
        return undefined
      } catch (error) {
        return {host, reason: messageOf(error), error}
      }
    }),
  )
  return ended.filter(each => each !== undefined)
}

/** Whether what was done holds: of the hosts that are done, or that may be. */
export async function verifyBatch(
  {own, id}: HostBatch,
  {saved, hostRecord}: StepContext,
  verify: (host: string) => Promise<boolean | Verdict>,
): Promise<Verdict> {
  const asked = own.filter(host => {
    const view = hostRecord.viewOf(host)
    if (view === undefined) return !failedHosts(saved, id).includes(host)
    return (
      view.state === 'running' ||
      view.state === 'unknown' ||
      view.state === 'aborted' ||
      (view.state === 'done' && view.startedAt !== undefined)
    )
  })
  const failures = await failuresOf(asked, async host => {
    const verdict = await verify(host)
    const {ok, reason} = typeof verdict === 'boolean' ? {ok: verdict, reason: 'not yet'} : verdict
    if (!ok) throw new Error(reason)
  })
  return {ok: failures.length === 0, reason: reasonsOf(failures)}
}

/** Takes the work back where this run had begun it, and where it was not taken back yet. */
export async function undoBatch(
  {own}: HostBatch,
  {hostRecord}: StepContext,
  undo: (host: string) => Promise<void>,
): Promise<void> {
  const begun = own.filter(host => {
    const view = hostRecord.viewOf(host)
    return view === undefined || (view.startedAt !== undefined && view.state !== 'undone' && view.state !== 'pending')
  })
  const failures = await failuresOf(begun, async host => {
    hostRecord.begin(host)
    try {
      await undo(host)
    } catch (error) {
      if (!mayRun(error)) hostRecord.end(host, 'failed', messageOf(error))
      throw error
    }
    hostRecord.end(host, 'done')
  })
  if (failures.length > 0) throw new OpsError('step/failed', reasonsOf(failures))
}
