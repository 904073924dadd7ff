import {expect, test} from 'vitest'
import {probeTools} from '../../../test/probe-tools.ts'
import {judgeAnswer} from './judge.ts'
import {httpProbeSchema} from './schema.ts'

const spec = httpProbeSchema.parse({type: 'http', url: 'https://x.example'})
const DAY_MS = 86_400_000
const answer = {
  status: 200,
  location: undefined,
  body: '',
  cut: false,
  headers: {},
  bytes: 0,
  unreadable: undefined,
  phases: {firstByte: 1, body: 1},
  handshake: undefined,
}

test.each([
  [30, 'up', '200 OK'],
  [14, 'up', '200 OK'],
  [13, 'degraded', 'certificate expires in 13 days'],
])('a certificate with %i days left is %s', async (days, status, reason) => {
  const now = 1_000_000
  const handshake = {validFrom: 0, validTo: now + days * DAY_MS + 1, protocol: 'TLSv1.3'}
  const found = await judgeAnswer({...answer, handshake}, spec, {
    ...probeTools,
    clock: {...probeTools.clock, now: () => now},
  })
  expect(found).toMatchObject({status, reason, checks: [{name: 'certificate', detail: `expires in ${days} days`}]})
})

test('an expression that never comes to an end leaves the answer degraded, with its name', async () => {
  const slow = httpProbeSchema.parse({
    type: 'http',
    url: 'https://x.example',
    expect: {body: String.raw`^(\w+\s?)*$!`, headers: {server: '(a+)+$'}},
  })
  const given = {...answer, body: 'x'.repeat(40), headers: {server: `${'a'.repeat(40)}!`}}
  expect(await judgeAnswer(given, slow, probeTools)).toMatchObject({
    status: 'degraded',
    reason:
      'body not judged: the expression /^(\\w+\\s?)*$!/ ran out of time (500 ms) and rests for 1m; ' +
      'header server not judged: the expression /(a+)+$/ ran out of time (500 ms) and rests for 1m',
  })
})
