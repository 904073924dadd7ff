import {OpsError} from '../errors.ts'
import type {Confirm, Step, StepContext} from './define.ts'
import {batchesOf, type HostCount, limitOf} from './host-batches.ts'
import {type HostBatch, runBatch, undoBatch, verifyBatch} from './host-work.ts'
import type {Verdict} from './ops.ts'
import type {Shell} from '../shell/shell.ts'
import {remoteShell, requireHost, type SshOptions} from '../shell/ssh.ts'
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
  /** Hosts at the same time, which are one step: a number, or a part of all such as `'10%'`, rounded down. Default 1. */
  readonly batch?: HostCount
  /** Hosts in the first batch, before the others follow: `1` lets one go first. Default: as many as in any batch. */
  readonly first?: HostCount
  /** So many hosts may fail, over all batches, before everything stops; or a part of all. Default 0: the first failure stops. */
  readonly stopAfter?: HostCount
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
 * it has ended. The begin and the outcome of each host are in the journal, the begin before anything is done there: a run that
 * is taken up does those that had not begun, passes over those that have their outcome, and asks about those in between.
 * `opsconsole run NAME --retry RUN` does what a run that has ended left: hosts that failed or were not started.
 *
 * @example
 * plan: ({facts}) => hosts(
 *   {id: 'restart', title: 'Restart workers', names: facts.workers, first: 1, batch: '10%', stopAfter: 2, why: 'The others keep serving'},
 *   async ({$}) => { await $`sudo systemctl restart worker` },
 * )
 *
 * @throws OpsError `runbook/invalid` for a name that cannot be a host, or stands there twice
 */
export function hosts(options: HostsOptions, work: (host: HostContext) => Promise<void>): readonly Step[] {
  const {names} = options
  for (const [index, name] of names.entries()) {
    requireHost(name)
    if (names.indexOf(name) !== index) throw new OpsError('runbook/invalid', `host ${name} is named twice`)
  }
  const batches = batchesOf(names, options)
  const limit = limitOf(names, options)
  return batches.map((own, index) => {
    const later = batches.slice(index + 1).flat()
    return batchStep({options, work, batch: {id: options.id, names, own, later, limit}, index})
  })
}

interface BatchStep {
  readonly options: HostsOptions
  readonly work: (host: HostContext) => Promise<void>
  readonly batch: HostBatch
  readonly index: number
}

function batchStep({options, work, batch, index}: BatchStep): Step {
  const {id, title, names, batch: _size, first: _first, stopAfter: _stop, ssh, confirm, verify, undo, ...step} = options
  const {own, later} = batch
  const question = confirm?.(own, index + 1)
  const on =
    <Result>(context: StepContext, does: (host: HostContext) => Promise<Result>) =>
    (host: string): Promise<Result> =>
      withCommands({...context, host, local: context.$, $: remoteShell(context.$, host, ssh)}, does)
  return {
    ...step,
    id: `${id} ${index + 1}`,
    title: `${title} on ${namesOf(own)}`,
    targets: own.map(name => `host ${name}`),
    hosts: {set: id, names: own},
    stopCost: step.stopCost ?? (later.length === 0 ? '' : `${later.length} of ${names.length} hosts are as before`),
    ...(question === undefined ? {} : {confirm: question}),
    run: context => runBatch(batch, context, on(context, work)),
    ...(verify === undefined ? {} : {verify: context => verifyBatch(batch, context, on(context, verify))}),
    ...(undo === undefined ? {} : {undo: context => undoBatch(batch, context, on(context, undo))}),
  }
}

/** Titles stay readable; the plan names every host below. */
const namesOf = (own: readonly string[]): string =>
  own.length <= 4 ? own.join(', ') : `${own.slice(0, 2).join(', ')} and ${own.length - 2} more`
