import {expect, test} from 'vitest'
import {probeTools} from '../../../../test/probe-tools.ts'
import {decodeBody} from '../body.ts'
import {judgeAnswer} from '../judge.ts'
import {httpProbeSchema} from '../schema.ts'

// What an application that nobody listed says of itself, with a 200 before it: never up, and for the right reason. The other
// half of each row is the same application when it is well.

const judged = (path: string, text: string): ReturnType<typeof judgeAnswer> => {
  const type = /^[[{\dntf]/.test(text) ? 'application/json' : 'text/plain'
  const answer = {
    status: 200,
    location: undefined,
    headers: {'content-type': type},
    phases: {firstByte: 1, body: 1},
    handshake: undefined,
  }
  const body = {...decodeBody(Buffer.from(text), false, answer.headers), bytes: text.length}
  return judgeAnswer(
    {...answer, ...body},
    httpProbeSchema.parse({type: 'http', url: `http://x.test${path}`}),
    probeTools,
  )
}

test.each([
  [
    'an envelope with the code of an error',
    '{"code":503,"message":"Service Unavailable"}',
    '{"code":200,"message":"fine"}',
    'code 503: Service Unavailable',
  ],
  [
    'checks in an envelope',
    '{"result":{"services":[{"id":"a","up":0}]}}',
    '{"result":{"services":[{"id":"a","up":1}]}}',
    'a',
  ],
  ['a mark for a word', '{"app":"✓","postgres":"❌"}', '{"app":"✓","postgres":"✔️"}', 'postgres'],
  ['a light for a word', '{"status":"🔴"}', '{"status":"🟢"}', 'status is 🔴'],
  [
    'a circuit that is open',
    '{"status":"ok","circuit_breaker":"open"}',
    '{"status":"ok","circuit_breaker":"closed"}',
    'circuit_breaker',
  ],
  [
    'a circuit of a library',
    '{"status":"ok","circuitBreakers":{"pay":{"status":"CIRCUIT_OPEN"}}}',
    '{"status":"ok","circuitBreakers":{"pay":{"status":"CIRCUIT_CLOSED"}}}',
    'CIRCUIT_OPEN',
  ],
  ['a quorum that is lost', '{"status":"ok","quorum":false}', '{"status":"ok","quorum":2}', 'quorum is false'],
  [
    'a flag as a text',
    '{"status":"ok","isShuttingDown":"true"}',
    '{"status":"ok","isShuttingDown":"false"}',
    'isShuttingDown is true',
  ],
  [
    'a disk with nothing free',
    '{"status":"ok","disk":{"freeBytes":0,"totalBytes":100}}',
    '{"status":"ok","disk":{"freeBytes":50,"totalBytes":100}}',
    '100 % used',
  ],
  [
    'a figure in details beyond its own threshold',
    '{"status":"UP","components":{"diskSpace":{"status":"UP","details":{"total":100,"free":1,"threshold":10}}}}',
    '{"status":"UP","components":{"diskSpace":{"status":"UP","details":{"total":100,"free":50,"threshold":10}}}}',
    '1 free, threshold 10',
  ],
  [
    'a list of dependencies without a section',
    '{"status":"ok","databases":"x","db":[{"name":"main","ok":false}]}',
    '{"status":"ok","databases":"x","db":[{"name":"main","ok":true}]}',
    'main: ok is false',
  ],
  ['a code of exit', '{"exit_code":2}', '{"exit_code":0}', 'exit_code is 2'],
  ['up, and no', 'up 0', 'up 1', 'up 0'],
  ['nothing at all', 'null', '{}', 'says null, which is not understood'],
  ['a bare zero', '0', '1', 'says 0, which is not understood'],
])('%s is seen', async (_, bad, good, why) => {
  const found = await judged('/health', bad)
  expect(found.status).not.toBe('up')
  expect(JSON.stringify(found)).toContain(why)
  expect(await judged('/health', good)).toMatchObject({status: 'up'})
})
