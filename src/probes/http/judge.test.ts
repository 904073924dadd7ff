import {expect, test} from 'vitest'
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
])('a certificate with %i days left is %s', (days, status, reason) => {
  const now = 1_000_000
  const handshake = {validFrom: 0, validTo: now + days * DAY_MS + 1, protocol: 'TLSv1.3'}
  const found = judgeAnswer({...answer, handshake}, spec, now)
  expect(found).toMatchObject({status, reason, checks: [{name: 'certificate', detail: `expires in ${days} days`}]})
})
