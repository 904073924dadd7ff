import {expect, test} from 'vitest'
import {judgeAnswer} from './judge.ts'
import {httpProbeSchema} from './schema.ts'

const {expect: expectation} = httpProbeSchema.parse({type: 'http', url: 'https://x.example'})
const DAY_MS = 86_400_000
const answer = {
  status: 200,
  location: undefined,
  body: '',
  cut: false,
  phases: {firstByte: 1, body: 1},
  certificateEnds: undefined,
}

test.each([
  [30, 'up', '200 OK'],
  [14, 'up', '200 OK'],
  [13, 'degraded', 'certificate expires in 13 days'],
])('a certificate with %i days left is %s', (days, status, reason) => {
  const now = 1_000_000
  const found = judgeAnswer(answer, expectation, {now, certificateEnds: now + days * DAY_MS + 1})
  expect(found).toMatchObject({status, reason, checks: [{name: 'certificate', detail: `expires in ${days} days`}]})
})
