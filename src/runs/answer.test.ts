import {expect, test} from 'vitest'
import {ada, gateOf, NOW, openRunBench, request, RUN, started} from '../../test/runs/run-bench.ts'
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

test('another person approves exactly the plan, and the trail says so', async () => {
  const {context, view, left, audit} = asking()
  await approveRun(context, view, {reason: 'seen', plan: view.plan?.hash.slice(0, 8)})
  expect(left()).toMatchObject([{kind: 'answer', prompt: 'q1', plan: view.plan?.hash, answer: 'approve'}])
  expect(audit.records).toMatchObject([
    {action: 'approval given', phase: 'intent', reason: 'seen', run: RUN},
    {action: 'approval given', phase: 'outcome', outcome: 'done', run: RUN},
  ])
})

test('who started a run cannot approve it: refused, and in the trail', async () => {
  const {context, view, left, audit} = asking()
  const own = {...context, actor: () => ada}
  await expect(approveRun(own, view, {reason: 'me', plan: undefined})).rejects.toMatchObject({code: 'run/refused'})
  expect(left()).toEqual([])
  expect(audit.records).toMatchObject([
    {phase: 'decision', outcome: 'refused', reason: expect.stringContaining('started the run')},
  ])
})

test('another plan is not approved', async () => {
  const {context, view, left} = asking()
  await expect(approveRun(context, view, {reason: '', plan: 'cccc'})).rejects.toThrow(/has plan b+, not cccc/)
  expect(left()).toEqual([])
})

test.each([
  ['approved', (context: Context, view: RunView) => approveRun(context, view, {reason: '', plan: undefined})],
  [
    'answered',
    (context: Context, view: RunView) =>
      answerPrompt(context, view, {prompt: 'q1', answer: 'approve', reason: '', via: 'command'}),
  ],
])('a question whose time is over cannot be %s', async (_title, act) => {
  const {context, view, left} = asking({expiresAt: NOW})
  await expect(act(context, view)).rejects.toThrow(/was over at/)
  expect(left()).toEqual([])
})
type Context = ReturnType<typeof asking>['context']

test('an answer goes to the open question and to no other', async () => {
  const {context, view, left} = asking({kind: 'confirm'})
  const answer = {answer: 'yes', reason: 'seen', via: 'command'} as const
  await expect(answerPrompt(context, view, {...answer, prompt: 'q0'})).rejects.toThrow(/no open question q0/)
  await answerPrompt(context, view, {...answer, prompt: 'q1'})
  expect(left()).toMatchObject([{kind: 'answer', prompt: 'q1', answer: 'yes', reason: 'seen', via: 'command'}])
})

test('a run is asked to abort, until it has ended', async () => {
  const {context, view, left} = asking()
  await abortRun(context, view, {reason: 'wrong host', via: 'command'})
  expect(left()).toMatchObject([{kind: 'abort', reason: 'wrong host', by: {uid: grace.uid}}])
  const late = abortRun(context, {...view, outcome: 'done'}, {reason: 'late', via: 'command'})
  await expect(late).rejects.toThrow(/has already ended: done/)
})

test('while the policy is read-only a run may be stopped, and is told nothing else', async () => {
  const {view, left, ...bench} = asking({kind: 'confirm'})
  const context = {...bench.context, gate: gateOf(bench.audit, {readOnly: true})}
  const say = (answer: string): Promise<void> =>
    answerPrompt(context, view, {prompt: 'q1', answer, reason: '', via: 'console'})
  await expect(say('yes')).rejects.toMatchObject({code: 'usage/read-only'})
  expect(left()).toEqual([])
  await say('abort')
  await abortRun(context, view, {reason: '', via: 'console'})
  // Two of one millisecond are in no order.
  expect(
    left()
      .map(({kind}) => kind)
      .sort(),
  ).toEqual(['abort', 'answer'])
})
