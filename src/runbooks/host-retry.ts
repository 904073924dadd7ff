import {OpsError} from '../errors.ts'
import type {Step} from './define.ts'
import type {HostRetry} from './planned-hosts.ts'
import {isOpen} from './host-states.ts'
import type {RunState} from './state.ts'

/**
 * What a run that has ended leaves to be done: of each set of hosts those that it did are left alone. Raises `run/unsettled`
 * when nobody knows of a host whether it was done: that one is for a person to look at, not to be run twice.
 */
export function retryOf(state: Pick<RunState, 'run' | 'outcome' | 'dryRun' | 'steps'>): HostRetry {
  const {run, outcome, dryRun} = state
  if (outcome === undefined)
    throw new OpsError('usage/arguments', `run ${run} has not ended: it is resumed, not run again`, {
      hint: `opsconsole runs resume ${run}`,
    })
  if (dryRun) throw new OpsError('usage/arguments', `run ${run} was a dry run: it did nothing`)
  const steps = state.steps.flatMap(({step, hosts}) => (step.hosts && hosts ? [{set: step.hosts.set, hosts}] : []))
  if (steps.length === 0) throw new OpsError('usage/arguments', `run ${run} has no steps over hosts`)
  const unknown = steps.flatMap(({hosts}) => hosts.filter(isOpen)).map(({host}) => host)
  if (unknown.length > 0)
    throw new OpsError('run/unsettled', `nobody knows how it ended on ${unknown.join(', ')} in run ${run}`, {
      hint: 'Look at the host, then run the runbook for the hosts that need it.',
    })
  const done: Record<string, string[]> = {}
  for (const {set, hosts} of steps)
    (done[set] ??= []).push(...hosts.filter(({state: now}) => now === 'done').map(({host}) => host))
  return {run, done}
}

/** The step without the hosts that the earlier run did; left out when that were all. */
export function withoutDone(step: Step, {run, done}: HostRetry): Step {
  if (!step.hosts) return step
  const {set, names} = step.hosts
  const before = names.filter(name => done[set]?.includes(name))
  if (before.length === 0) return step
  const hosts = {set, names, done: before, doneIn: run}
  if (before.length === names.length) return {...step, hosts, when: {ok: false, reason: `done in run ${run}`}}
  return {
    ...step,
    hosts,
    title: `${step.title}, but not ${before.join(', ')}: done in run ${run}`,
    targets: (step.targets ?? []).filter(target => !before.some(name => target === `host ${name}`)),
  }
}
