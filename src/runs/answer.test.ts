import {expect, test} from 'vitest'
import {ada, NOW, openRunBench, request, RUN, started} from '../../test/runs/run-bench.ts'
import type {Prompt} from '../runbooks/events.ts'
import type {InboxRequest} from '../runbooks/ports.ts'
import {readState} from './read-state.ts'
import {abortRun} from './abort.ts'
import {answerPrompt} from './answer.ts'
import {approveRun} from './approve.ts'
import type {RunView} from './engine.ts'

const prompt: Prompt = {
  id: 'q1',
  step: undefined,
  kind: 'approval',
  text: 'May it?',
  touches: [],
  type: undefined,
  choices: ['approve'],
  fallback: 'refuse',
  expiresAt: NOW + 1000,
}
const grace = {...ada, name: 'grace', uid: process.getuid?.() ?? 0, loginUid: undefined}

/** A run with an open question, and what was left for it. */
function asking(open: Partial<Prompt> = {}) {
  const bench = openRunBench()
  bench.runs.create(request)
  bench.write(started(), {type: 'prompt-opened', prompt: {...prompt, ...open}})
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

test('another person approves exactly the plan, and the trail says so', () => {
  const {context, view, left, audit} = asking()
  approveRun(context, view, {reason: 'seen', plan: view.plan?.hash.slice(0, 8)})
  expect(left()).toMatchObject([{kind: 'answer', prompt: 'q1', plan: view.plan?.hash, answer: 'approve'}])
  expect(audit.records).toMatchObject([{action: 'approval given', outcome: 'approved', run: RUN}])
})

test('who started a run cannot approve it: refused, and in the trail', () => {
  const {context, view, left, audit} = asking()
  const own = {...context, actor: () => ada}
  expect(() => approveRun(own, view, {reason: 'me', plan: undefined})).toThrow(
    expect.objectContaining({code: 'run/refused'}),
  )
  expect(left()).toEqual([])
  expect(audit.records).toMatchObject([{outcome: expect.stringMatching(/^refused: /)}])
})

test('another plan is not approved', () => {
  const {context, view, left} = asking()
  expect(() => approveRun(context, view, {reason: '', plan: 'cccc'})).toThrow(/has plan b+, not cccc/)
  expect(left()).toEqual([])
})

test.each([
  ['approved', (context: Context, view: RunView) => approveRun(context, view, {reason: '', plan: undefined})],
  [
    'answered',
    (context: Context, view: RunView) =>
      answerPrompt(context, view, {prompt: 'q1', answer: 'approve', reason: '', via: 'command'}),
  ],
])('a question whose time is over cannot be %s', (_title, act) => {
  const {context, view, left} = asking({expiresAt: NOW})
  expect(() => act(context, view)).toThrow(/was over at/)
  expect(left()).toEqual([])
})
type Context = ReturnType<typeof asking>['context']

test('an answer goes to the open question and to no other', () => {
  const {context, view, left} = asking({kind: 'confirm'})
  const answer = {answer: 'yes', reason: 'seen', via: 'command'} as const
  expect(() => answerPrompt(context, view, {...answer, prompt: 'q0'})).toThrow(/no open question q0/)
  answerPrompt(context, view, {...answer, prompt: 'q1'})
  expect(left()).toMatchObject([{kind: 'answer', prompt: 'q1', answer: 'yes', reason: 'seen', via: 'command'}])
})

test('a run is asked to abort, until it has ended', () => {
  const {context, view, left} = asking()
  abortRun(context, view, 'wrong host')
  expect(left()).toMatchObject([{kind: 'abort', reason: 'wrong host', by: {uid: grace.uid}}])
  expect(() => abortRun(context, {...view, outcome: 'done'}, 'late')).toThrow(/has already ended: done/)
})
