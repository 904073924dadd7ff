import type {Prompt, RunEventBody} from '../../src/runbooks/events.ts'
import type {RunState} from '../../src/runbooks/state.ts'
import {emptyRun, reduceRun} from '../../src/runbooks/state.ts'
import type {OpenRun} from '../../src/tui/state/world.ts'
import {deployPlan, RUN} from './fake-port.ts'
import {actor, NOW} from './shop-events.ts'

/** A deploy that has begun, after further events. */
export function runAfter(...events: readonly RunEventBody[]): RunState {
  const began: RunEventBody = {
    type: 'run-started',
    plan: deployPlan(),
    actor,
    reason: '',
    dryRun: false,
    process: {pid: 1, startTicks: 1, bootId: ''},
  }
  return [began, ...events].reduce<RunState>(
    (state, body, index) => reduceRun(state, {v: 1, at: NOW, run: RUN, seq: index + 1, ...body}),
    emptyRun(RUN),
  )
}

/** A deploy on the screen, with the question it asks. */
export const runOf = (
  prompt?: Prompt,
  state = runAfter(...(prompt ? [{type: 'prompt-opened', prompt} as const] : [])),
): OpenRun => ({
  id: RUN,
  state,
  lines: [],
  total: 0,
  progress: undefined,
})
