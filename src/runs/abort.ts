import {OpsError} from '../errors.ts'
import type {RunsContext} from './context.ts'
import type {RunView} from './engine.ts'

/** Asks a run to stop where it stands; what it had done is undone as its runbook says. */
export function abortRun(context: Pick<RunsContext, 'actor' | 'runs'>, {run, outcome}: RunView, reason: string): void {
  if (outcome !== undefined) throw new OpsError('run/ended', `run ${run} has already ended: ${outcome}`)
  context.runs().run(run).leave({kind: 'abort', reason, by: context.actor()})
}
