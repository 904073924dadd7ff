import {escapeLine} from '../text/escape.ts'
import type {Decision} from './define.ts'
import {recordEvent, type RecordingTools} from './into-trail.ts'
import type {InboxRequest} from './ports.ts'
import type {RunState} from './state.ts'

type DecisionRequest = Extract<InboxRequest, {readonly kind: 'decision'}>

/** What may be decided now: of the step that runs, exactly what its plan showed. */
export function openDecisions({plan, steps, current, outcome}: RunState): readonly Decision[] {
  const running = steps.find(({step, state}) => step.id === current && state === 'running')
  return plan === undefined || outcome !== undefined ? [] : (running?.step.decisions ?? [])
}

/** Why a run does not take a decision; undefined when it does. */
export function whyNotDecided(
  state: RunState,
  {step, choice}: Pick<DecisionRequest, 'step' | 'choice'>,
): string | undefined {
  const open = openDecisions(state)
  if (state.current !== step || open.length === 0)
    return `step ${JSON.stringify(step)} of run ${state.run} takes no decision now`
  return open.some(({id}) => id === choice)
    ? undefined
    : `${JSON.stringify(choice)} is not a decision of that step; it takes ${open.map(({id}) => id).join(', ')}`
}

/** Into trail and journal before the step sees it: a run that is taken up again knows it too. */
export function recordDecision(tools: RecordingTools, {step, choice, reason, by}: DecisionRequest): void {
  recordEvent(
    tools,
    {action: 'step decided', phase: 'decision', target: step, step, outcome: choice, reason},
    {type: 'step-decided', step, choice, by, reason},
    {by},
  )
}

/** Ids are words of a command line. */
export function decisionProblem(decisions: readonly Decision[]): string | undefined {
  const ids = decisions.map(({id}) => id)
  const odd = ids.find((id, at) => !/^[a-z][a-z-]*$/.test(id) || ids.indexOf(id) !== at)
  return odd === undefined
    ? undefined
    : `its decision ${JSON.stringify(escapeLine(odd, 60))} needs an id of its own, a-z and -`
}
