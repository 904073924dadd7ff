import {expect, test} from 'vitest'
import {commandLogs} from './logs.ts'

const {signal} = new AbortController()

test('the last lines are what the command prints for exactly this instance', async () => {
  const ran: unknown[] = []
  const logs = commandLogs(['/bin/sh', '{instance}', '{slot}'], {
    directory: '/srv',
    timeoutMs: 7,
    exec: async (argv, options) => {
      ran.push([argv, options?.cwd, options?.timeoutMs])
      return {exitCode: 0, stdout: 'one\ntwo\n', stderr: '', durationMs: 1}
    },
  })
  expect(await logs.read({slot: 'blue', instance: 'blue-1'}, signal)).toBe('one\ntwo\n')
  expect(ran).toEqual([[['/bin/sh', 'blue-1', 'blue'], '/srv', 7]])
  await expect(logs.read({slot: 'blue', instance: '--all'}, signal)).rejects.toThrow(/cannot be a/)
  expect(await logs.obstacles()).toEqual([])
})

test('the doctor is told of a program that is not here', async () => {
  const exec = (): Promise<never> => Promise.reject(new Error('nothing runs here'))
  const logs = commandLogs(['./no-such-program'], {directory: '/srv', timeoutMs: 7, exec})
  expect(await logs.obstacles()).toMatchObject([
    {
      what: expect.stringContaining('the logs program ./no-such-program'),
      fix: expect.stringContaining('instances.logs'),
    },
  ])
})
