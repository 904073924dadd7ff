import {OpsError} from '../errors.ts'
import {whyNotDecided} from '../runbooks/decisions.ts'
import {decisionChange} from './changes.ts'
import type {RunsContext} from './context.ts'
import type {Decided, RunView} from './engine.ts'

/** Tells the step that runs what a person decided. Raises `run/refused` for what it does not take. */
export async function decideStep(
  context: Pick<RunsContext, 'actor' | 'gate' | 'runs'>,
  view: RunView,
  given: Decided,
): Promise<void> {
  const {run, outcome, lost} = view
  if (outcome !== undefined) throw new OpsError('run/ended', `run ${run} has already ended: ${outcome}`)
  const why = lost ? `the runner of ${run} is gone` : whyNotDecided(view, given)
  if (why !== undefined) throw new OpsError('run/refused', why, {hint: `See \`opsconsole runs show ${run}\`.`})
  const by = context.actor()
  await context.gate.carryOut(decisionChange(by, view, given), () =>
    context
      .runs()
      .run(run)
      .leave({kind: 'decision', ...given, by}),
  )
}
