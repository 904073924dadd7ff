import {expect, test} from 'vitest'
import {answerReader, readAnswer} from './reading.ts'
import type {Answer} from './exchange.ts'
import {httpProbeSchema} from './schema.ts'

const spec = httpProbeSchema.parse({type: 'http', url: 'http://127.0.0.1/health'})
const answerOf = (body: string, more: Partial<Answer> = {}): Answer => ({
  status: 200,
  location: undefined,
  headers: {'content-type': 'application/json'},
  body,
  cut: false,
  bytes: body.length,
  unreadable: undefined,
  phases: {firstByte: 1, body: 1},
  handshake: undefined,
  ...more,
})
const WELL = answerOf('{"status":"ok","checks":{"database":"up"}}')
const ILL = answerOf('{"status":"ok","checks":{"database":"down"}}')

test('an answer that is the same byte for byte is read once', () => {
  const read = answerReader(spec)
  const first = read(WELL)
  expect(first).toEqual(readAnswer(WELL, spec))
  expect(read({...WELL})).toBe(first)
})

test.each([
  ['another body', ILL],
  ['another type', answerOf(WELL.body, {headers: {'content-type': 'text/plain'}})],
  ['no type', answerOf(WELL.body, {headers: {}})],
  ['an end that is missing', answerOf(WELL.body, {cut: true})],
  ['a coding that is not understood', answerOf('', {unreadable: 'its content coding x is not understood'})],
])('%s is read as if it were the first, and so is what comes after it', (_, other) => {
  const read = answerReader(spec)
  for (const answer of [WELL, other, WELL, other, ILL, WELL]) expect(read(answer)).toEqual(readAnswer(answer, spec))
})

test('of a long body nothing is kept', () => {
  const long = answerOf(JSON.stringify({status: 'ok', text: 'x'.repeat(4000)}))
  const read = answerReader(spec)
  expect(read(long)).not.toBe(read({...long}))
  expect(read(long)).toEqual(readAnswer(long, spec))
})
