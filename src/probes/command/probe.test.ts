import {expect, test} from 'vitest'
import {deadline, probeTools} from '../../../test/probe-tools.ts'
import {openCommandProbe} from './probe.ts'

const run = (command: string[], ms = 10_000) =>
  openCommandProbe({type: 'command', command}, probeTools).run(deadline(ms))

test.each([
  ['echo fine; exit 0', 'up', 'fine'],
  ['exit 0', 'up', 'exit 0'],
  ['echo slow; exit 1', 'degraded', 'slow'],
  ['echo broken >&2; exit 2', 'down', 'exit 2: broken'],
  ['exit 127', 'down', 'exit 127'],
])('%j is %s', async (script, status, reason) => {
  expect(await run(['sh', '-c', script])).toMatchObject({status, reason})
})

test('a missing program says nothing of the target: it could not be probed', async () => {
  await expect(run(['opsconsole-no-such-program'])).rejects.toThrow(
    'opsconsole-no-such-program is not installed or not on PATH',
  )
})

test('a program that hangs is down, in words', async () => {
  expect(await run(['sleep', '600'], 200)).toMatchObject({status: 'down', reason: 'no answer within 200 ms'})
})
