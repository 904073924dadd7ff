import type {Outcome} from '../runbooks/events.ts'
import {emptyRun, reduceRun, type RunState} from '../runbooks/state.ts'
import {OpsError} from '../errors.ts'
import type {RunStore, StoredRun} from './ports.ts'

/** A run's state from its journal alone. */
export const readState = (stored: Pick<StoredRun, 'id' | 'events'>): RunState =>
  stored.events().events.reduce(reduceRun, emptyRun(stored.id))

/** How a run of this state directory ended; undefined when it has not, or is not known here. */
export function outcomeOf(runs: RunStore, run: string): Outcome | undefined {
  try {
    return readState(runs.run(run)).outcome
  } catch {
    return undefined
  }
}

/** A run that has not ended and has a step in flight: nobody knows whether that happened. */
export function hasUnknownStep(runs: RunStore, run: string): boolean {
  try {
    const state = readState(runs.run(run))
    return (
      state.outcome === undefined &&
      state.steps.some(view => view.state === 'running' || view.state === 'undoing' || view.state === 'unknown')
    )
  } catch (error) {
    return !(error instanceof OpsError && error.code === 'run/unknown')
  }
}
