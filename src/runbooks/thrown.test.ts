import {expect, test} from 'vitest'
import {OpsError} from '../errors.ts'
import {callAuthored} from './thrown.ts'

const FILE = '/srv/runbooks/drain.ts'
const authored = {
  loaded: {file: FILE, runbook: {name: 'drain'}},
  redact: (text: string) => text.replace('hunter2-hunter2', '<redacted>'),
}

/** As Node gives it for a line of that file. */
function withFrame(error: Error, frame: string): Error {
  error.stack = `${error.name}: ${error.message}\n    at Object.facts (${frame})\n    at freezePlan (file:///usr/lib/opsconsole/x.mjs:1:2)`
  return error
}
const thrown = (cause: unknown): Promise<unknown> =>
  callAuthored(authored, () => {
    throw cause
  }).catch((error: unknown) => error)

test.each([
  [
    'an error',
    withFrame(new Error('no such stanza'), `file://${FILE}?ab12:7:9`),
    'drain: no such stanza',
    `${FILE}:7.`,
  ],
  ['a text', 'no such stanza', 'drain: no such stanza', `${FILE}.`],
  [
    'a mistake in its own line',
    withFrame(new TypeError('x is undefined'), `file://${FILE}?ab12:7:9`),
    'drain: x is undefined',
    `${FILE}:7.`,
  ],
  ['a secret', new Error('login with hunter2-hunter2'), 'drain: login with <redacted>', FILE],
])('%s that a runbook throws while it is planned is its own word, with its line', async (_, cause, message, place) => {
  const error = await thrown(cause)
  expect(error).toMatchObject({code: 'runbook/threw', exit: 1, message})
  expect((error as OpsError).hint).toContain(place)
})

test.each([
  ['an error of ours', new OpsError('release/unknown', 'no release')],
  ['a mistake in our own code', withFrame(new TypeError('x is undefined'), 'file:///usr/lib/opsconsole/ops.mjs:3:4')],
  ['the end of waiting', new DOMException('ended', 'AbortError')],
])('%s stays what it is', async (_, cause) => {
  expect(await thrown(cause)).toBe(cause)
})
