import {expect, test} from 'vitest'
import {ada, openRunBench, plan, request, RUN, started} from '../../test/runs/run-bench.ts'
import type {RunEventBody} from '../runbooks/events.ts'
import type {InboxRequest} from '../runbooks/ports.ts'
import {decideStep} from './decide.ts'
import type {RunView} from './engine.ts'
import {readState} from './read-state.ts'

const decisions = [{id: 'hold', title: 'Hold', consequence: 'It stays'}]
const running: RunEventBody = {type: 'step-started', step: 'one', attempt: 1, key: 'k', phase: 'run'}
const grace = {...ada, name: 'grace', uid: process.getuid?.() ?? 0, loginUid: undefined}

/** A run whose first step takes a decision, after these events. */
function deciding(...events: readonly RunEventBody[]) {
  const bench = openRunBench()
  const [first, ...rest] = plan.steps
  if (first === undefined) throw new Error('no step')
  const decided = {...plan, steps: [{...first, decisions}, ...rest]}
  bench.runs.create({...request, plan: decided})
  bench.write({...started(), plan: decided} as RunEventBody, ...events)
  const stored = bench.runs.run(RUN)
  const view: RunView = {...readState(stored), lost: false, inFlight: []}
  const left = (): readonly InboxRequest[] => {
    const inbox = stored.openInbox(why => {
      throw new Error(why)
    })
    inbox.close()
    return inbox.take()
  }
  return {...bench, context: {...bench.context, actor: () => grace}, view, left}
}

const hold = {step: 'one', choice: 'hold', reason: 'wait for the call', via: 'command'} as const

test('a decision of the step that runs goes through the gate and to the run', async () => {
  const {context, view, left, audit} = deciding(running)
  await decideStep(context, view, hold)
  expect(left()).toMatchObject([{kind: 'decision', step: 'one', choice: 'hold'}])
  expect(audit.records).toMatchObject([
    {
      action: 'decision given',
      phase: 'intent',
      reason: 'wait for the call',
      run: RUN,
      step: 'one',
      detail: {choice: 'hold'},
    },
    {action: 'decision given', phase: 'outcome', outcome: 'done', run: RUN},
  ])
})

const finished: RunEventBody = {
  type: 'step-finished',
  step: 'one',
  phase: 'run',
  outcome: 'done',
  reason: '',
  durationMs: 1,
}

test.each<[string, readonly RunEventBody[], Partial<typeof hold>, RegExp]>([
  ['a step that has not begun', [], {}, /takes no decision now/],
  ['a step that has ended', [running, finished], {}, /takes no decision now/],
  ['a step that is being undone', [running, finished, {...running, phase: 'undo'}], {}, /takes no decision now/],
  ['another step', [running], {step: 'two' as 'one'}, /takes no decision now/],
  [
    'what its plan did not show',
    [running],
    {choice: 'explode' as 'hold'},
    /is not a decision of that step; it takes hold/,
  ],
])('%s takes none: nothing reaches the run', async (_what, events, more, words) => {
  const {context, view, left} = deciding(...events)
  await expect(decideStep(context, view, {...hold, ...more})).rejects.toThrow(words)
  expect(left()).toEqual([])
})

test('a run whose runner is gone takes none: nobody would carry it out', async () => {
  const {context, view} = deciding(running)
  await expect(decideStep(context, {...view, lost: true}, hold)).rejects.toThrow(/the runner of .* is gone/)
})
