import {expect, test} from 'vitest'
import type {Prompt, RunEvent, RunEventBody} from './events.ts'
import {emptyRun, reduceRun} from './state.ts'

const reduce = (...bodies: readonly RunEventBody[]) =>
  bodies.reduce(
    (state, body, index) => reduceRun(state, {v: 1, seq: index + 1, at: 1, run: 'r', ...body} satisfies RunEvent),
    emptyRun('r'),
  )

const prompt = (kind: Prompt['kind']): RunEventBody => ({
  type: 'prompt-opened',
  prompt: {
    id: 'q1',
    step: undefined,
    kind,
    text: '?',
    touches: [],
    type: undefined,
    choices: ['done'],
    fallback: 'leave',
    expiresAt: 9,
  },
})
const resumed: RunEventBody = {
  type: 'run-resumed',
  actor: {name: 'ada', evidence: 'kernel', uid: 1, loginUid: undefined, from: 'host', host: 'here'},
  reason: '',
  process: {pid: 1, startTicks: 1, bootId: 'b'},
}

test('a question of a runner that died is open no more once the run is taken up: an answer to it would reach nobody', () => {
  expect(reduce(prompt('unknown')).prompt?.id).toBe('q1')
  expect(reduce(prompt('unknown'), resumed).prompt).toBeUndefined()
  expect(reduce(prompt('approval'), resumed).prompt?.id).toBe('q1')
})
