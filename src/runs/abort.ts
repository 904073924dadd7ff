import {OpsError} from '../errors.ts'
import {abortChange} from './changes.ts'
import type {RunsContext} from './context.ts'
import type {RunView} from './engine.ts'

/** Asks a run to stop where it stands; what it had done is undone as its runbook says. */
export async function abortRun(
  context: Pick<RunsContext, 'actor' | 'gate' | 'runs'>,
  view: RunView,
  asked: {readonly reason: string; readonly via: 'console' | 'command'},
): Promise<void> {
  const {run, outcome} = view
  if (outcome !== undefined) throw new OpsError('run/ended', `run ${run} has already ended: ${outcome}`)
  const by = context.actor()
  await context.gate.carryOut(abortChange(by, view, asked), () =>
    context.runs().run(run).leave({kind: 'abort', reason: asked.reason, by}),
  )
}
