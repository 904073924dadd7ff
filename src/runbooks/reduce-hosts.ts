import type {RunEvent} from './events.ts'
import {type HostState, type HostView, isOpen, isUnsettled} from './host-states.ts'
import type {PlannedHosts} from './planned-hosts.ts'

/** The hosts of a step before it has begun. Those that an earlier run did are done. */
export const freshHosts = ({names, done = [], doneIn = ''}: PlannedHosts): readonly HostView[] =>
  names.map(host => ({
    host,
    state: done.includes(host) ? 'done' : 'pending',
    reason: done.includes(host) ? `done in run ${doneIn}` : '',
    startedAt: undefined,
    durationMs: undefined,
  }))

/** The hosts of the step that the event is about, after it. */
export function reduceHosts(hosts: readonly HostView[], event: RunEvent): readonly HostView[] {
  switch (event.type) {
    case 'host-started':
      return withHost(hosts, event.host, view => ({
        ...view,
        state: event.phase === 'undo' ? 'undoing' : 'running',
        startedAt: event.at,
        reason: event.phase === 'undo' ? view.reason : '',
      }))
    case 'host-finished':
      return withHost(hosts, event.host, view => ({
        ...view,
        state: finishedState(event.phase, event.outcome),
        reason: event.reason || (event.phase === 'undo' ? view.reason : ''),
        durationMs: event.phase === 'undo' ? view.durationMs : event.durationMs,
      }))
    case 'step-finished':
      return hosts.map(view =>
        isOpen(view) ? {...view, state: 'unknown', reason: 'the step ended before it did'} : view,
      )
    case 'step-retry':
      return hosts.map(view => (view.state === 'done' || view.state === 'skipped' ? view : {...view, state: 'pending'}))
    case 'host-settled':
      return withHost(hosts, event.host, view =>
        isUnsettled(view) ? {...view, state: settledState(view.state, event.choice), reason: event.reason} : view,
      )
    case 'step-settled':
      return hosts.map(view => (isUnsettled(view) ? {...view, state: settledState(view.state, event.choice)} : view))
    default:
      return hosts
  }
}

function withHost(hosts: readonly HostView[], host: string, change: (view: HostView) => HostView): readonly HostView[] {
  return hosts.map(view => (view.host === host ? change(view) : view))
}

function finishedState(phase: 'run' | 'undo', outcome: 'done' | 'failed' | 'aborted'): HostState {
  if (phase === 'run') return outcome
  return outcome === 'done' ? 'undone' : 'undo failed'
}

/** What a person, or a recheck, said of a step goes for those of its hosts that were in flight; the others have their outcome. */
function settledState(before: HostState, choice: string): HostState {
  if (choice === 'abort') return 'unknown'
  const undoing = before === 'undoing'
  if (choice === 'rerun') return undoing ? 'done' : 'pending'
  if (choice === 'skip') return undoing ? 'undo failed' : 'skipped'
  return undoing ? 'undone' : 'done'
}
