import {expect, test} from 'vitest'
import type {Actor} from '../identity/actor.ts'
import {ask, type AskTools, type Question} from './ask.ts'
import type {RunEventBody} from './events.ts'
import type {Journal, RunRequest} from './ports.ts'
import {emptyRun} from './state.ts'

const ada: Actor = {name: 'ada', evidence: 'kernel', uid: 1, loginUid: undefined, from: 'host', host: 'here'}
const question: Question = {
  step: 'switch',
  kind: 'confirm',
  text: 'Switch?',
  touches: [],
  type: undefined,
  choices: ['yes', 'skip', 'abort'],
  fallback: 'abort',
}

/** What was written, a list for each write, with an answer of Grace at hand. */
async function written(yes: boolean): Promise<readonly (readonly string[])[]> {
  const writes: string[][] = []
  const write = (...bodies: readonly RunEventBody[]): [] => {
    writes.push(bodies.map(body => (body.type === 'prompt-answered' ? `${body.by.name}: ${body.answer}` : body.type)))
    return []
  }
  const anchor = {records: 0, digest: '', each: ''}
  const journal: Journal = {
    append: write,
    note: write,
    flush: () => {},
    state: () => emptyRun('r'),
    anchor: () => anchor,
    prepare: (...bodies) => ({anchor, write: () => void write(...bodies)}),
  }
  const tools: AskTools = {
    journal,
    audit: {append: () => ({}) as never, list: () => []},
    answers: {
      answerTo: async prompt => ({
        kind: 'answer',
        prompt,
        answer: 'skip',
        reason: '',
        by: {...ada, name: 'grace'},
        via: 'console',
      }),
      close: async () => {},
    },
    clock: {now: () => 1} as AskTools['clock'],
    request: {
      run: 'r',
      environment: 'dev',
      reason: '',
      actor: ada,
      started: false,
      answers: {yes, typed: [], via: 'flag'},
      plan: {hash: 'h'},
    } as unknown as RunRequest,
    expiryMs: 1000,
    signal: new AbortController().signal,
  }
  await ask(tools, question)
  return writes
}

test('a question is on record before anybody is waited for', async () => {
  expect(await written(false)).toEqual([['prompt-opened'], ['grace: skip']])
})

test('a question that was answered beforehand is never open: it is written together with its answer', async () => {
  expect(await written(true)).toEqual([['prompt-opened', 'ada: yes']])
})
