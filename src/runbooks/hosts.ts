import {messageOf, OpsError} from '../errors.ts'
import type {Confirm, Step, StepContext} from './define.ts'
import type {Verdict} from './ops.ts'
import type {Shell} from '../shell/shell.ts'
import {remoteShell, requireHost, type SshOptions} from '../shell/ssh.ts'
import {untilAborted} from './step-run.ts'
import {withCommands} from './unfinished.ts'

/** What the work on one host gets: a step's context, with `$` on that host. */
export interface HostContext extends StepContext {
  readonly host: string
  /** Runs on the host, over OpenSSH: in bash if it has one, else in sh. Every line is labelled with the host. */
  readonly $: Shell
  /** The `$` of this machine. */
  readonly local: Shell
}

export interface HostsOptions
  extends Pick<Step, 'why' | 'timeout' | 'retries' | 'idempotent' | 'onUnknown' | 'readOnly' | 'when' | 'stopCost'> {
  /** Begin of the steps' ids: `restart` gives `restart 1`, `restart 2`… */
  readonly id: string
  /** Begin of the steps' titles: `Restart workers` gives `Restart workers on web-1, web-2`. */
  readonly title: string
  /** In this order. */
  readonly names: readonly string[]
  /** Hosts at the same time, which are one step. Default 1. */
  readonly batch?: number
  /** So many hosts may fail, over all batches, before everything stops. Default 0: the first failure stops. */
  readonly stopAfter?: number
  readonly ssh?: SshOptions
  /** The question before a batch; undefined: none before this one. */
  readonly confirm?: (names: readonly string[], batch: number) => string | Confirm | undefined
  /** Whether the wanted state holds on the host. Not asked of hosts that failed. */
  readonly verify?: (host: HostContext) => Promise<boolean | Verdict>
  /** Takes the work back, on every host of a batch that had begun. */
  readonly undo?: (host: HostContext) => Promise<void>
}

/**
 * The same work on many hosts: a step a batch, the hosts of a batch at the same time. A batch begins when the one before
 * it has ended, so a journal says which hosts were reached, and a run that is taken up goes on with the next batch.
 *
 * @example
 * plan: ({facts}) => hosts(
 *   {id: 'restart', title: 'Restart workers', names: facts.workers, batch: 2, stopAfter: 1, why: 'One half keeps serving'},
 *   async ({$}) => { await $`sudo systemctl restart worker` },
 * )
 *
 * @throws OpsError `runbook/invalid` for a name that cannot be a host, or stands there twice
 */
export function hosts(options: HostsOptions, work: (host: HostContext) => Promise<void>): readonly Step[] {
  const {names, batch = 1, stopAfter = 0} = options
  if (!Number.isInteger(batch) || batch < 1 || !Number.isInteger(stopAfter) || stopAfter < 0)
    throw new OpsError('runbook/invalid', 'batch should be 1 or more, stopAfter 0 or more, both whole')
  for (const [index, name] of names.entries()) {
    requireHost(name)
    if (names.indexOf(name) !== index) throw new OpsError('runbook/invalid', `host ${name} is named twice`)
  }
  const batches = Array.from({length: Math.ceil(names.length / batch)}, (_, index) =>
    names.slice(index * batch, (index + 1) * batch),
  )
  return batches.map((own, index) => batchStep({options, work, own, index, later: batches.slice(index + 1).flat()}))
}

/** The hosts of `hosts({id})` that failed and were passed over, by what the run has saved. */
export function failedHosts(saved: Readonly<Record<string, unknown>>, id: string): readonly string[] {
  return (saved[`${id}: failed hosts`] as readonly string[] | undefined) ?? []
}

interface Batch {
  readonly options: HostsOptions
  readonly work: (host: HostContext) => Promise<void>
  readonly own: readonly string[]
  readonly index: number
  /** Hosts of the batches after this one. */
  readonly later: readonly string[]
}

function batchStep(batch: Batch): Step {
  const {options, own, index} = batch
  const {id, title, names, batch: _size, stopAfter: _stop, ssh, confirm, verify, undo, ...step} = options
  const question = confirm?.(own, index + 1)
  const on = (context: StepContext, host: string): HostContext => ({
    ...context,
    host,
    local: context.$,
    $: remoteShell(context.$, host, ssh),
  })
  return {
    ...step,
    id: `${id} ${index + 1}`,
    title: `${title} on ${own.join(', ')}`,
    targets: own.map(name => `host ${name}`),
    stopCost:
      step.stopCost ?? (batch.later.length === 0 ? '' : `${batch.later.length} of ${names.length} hosts are as before`),
    ...(question === undefined ? {} : {confirm: question}),
    run: context => runBatch(batch, context, on),
    ...(verify === undefined
      ? {}
      : {verify: context => verifyBatch(own, context, host => withCommands(on(context, host), verify), id)}),
    ...(undo === undefined ? {} : {undo: context => undoBatch(own, host => withCommands(on(context, host), undo))}),
  }
}

async function runBatch(
  {options, work, own, later}: Batch,
  context: StepContext,
  on: (context: StepContext, host: string) => HostContext,
): Promise<void> {
  const {id, stopAfter = 0, names} = options
  const {signal, log, save} = context
  const failures = await failuresOf(own, async host => untilAborted(withCommands(on(context, host), work), signal))
  if (signal.aborted) {
    const left = failures.filter(runsOn)
    if (left.length > 0)
      throw new OpsError('host/left', left.map(each => each.reason).join('; '), {cause: signal.reason})
    signal.throwIfAborted()
  }
  // A batch that is run again speaks for its hosts anew.
  const before = failedHosts(context.saved, id).filter(host => !own.includes(host))
  const failed = [...before, ...failures.map(each => each.host)]
  if (failures.length > 0 || before.length !== failedHosts(context.saved, id).length)
    save(`${id}: failed hosts`, failed)
  const reasons = failures.map(({host, reason}) => `${host}: ${reason}`).join('; ')
  if (failed.length > stopAfter && failures.length > 0) {
    const begun = names.filter(host => !later.includes(host))
    const done = begun.filter(host => !failed.includes(host))
    throw new OpsError(
      failures.some(runsOn) ? 'host/left' : 'step/failed',
      `${failed.length} of ${names.length} hosts failed, ${stopAfter} may (${reasons}). Done: ${done.join(', ') || 'none'}. Not begun: ${later.join(', ') || 'none'}`,
    )
  }
  if (failures.length > 0) log(`${reasons}. Continuing: ${failed.length} of ${stopAfter} hosts that may fail`)
}

interface Failure {
  readonly host: string
  readonly reason: string
  readonly error: unknown
}

const runsOn = ({error}: Failure): boolean => error instanceof OpsError && error.code === 'host/left'

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

async function verifyBatch(
  own: readonly string[],
  {saved}: StepContext,
  verify: (host: string) => Promise<boolean | Verdict>,
  id: string,
): Promise<Verdict> {
  const asked = own.filter(host => !failedHosts(saved, id).includes(host))
  const failures = await failuresOf(asked, async host => {
    const verdict = await verify(host)
    const {ok, reason} = typeof verdict === 'boolean' ? {ok: verdict, reason: 'not yet'} : verdict
    if (!ok) throw new Error(reason)
  })
  return {ok: failures.length === 0, reason: failures.map(({host, reason}) => `${host}: ${reason}`).join('; ')}
}

async function undoBatch(own: readonly string[], undo: (host: string) => Promise<void>): Promise<void> {
  const failures = await failuresOf(own, undo)
  if (failures.length > 0)
    throw new OpsError('step/failed', failures.map(({host, reason}) => `${host}: ${reason}`).join('; '))
}
