import {expect, test} from 'vitest'
import {releaseSchema} from './config.ts'
import type {ReleaseContext} from './context.ts'
import {systemClock} from '../units/clock.ts'
import {enableChecksAndWait, drainInstance, switchTo, waitDrained} from './traffic-moves.ts'
import type {Placement, TrafficDriver} from './traffic/traffic-driver.ts'
import {watch} from './watch.ts'

const config = releaseSchema.parse({
  name: 'shop',
  traffic: {type: 'haproxy', socket: '/none', backend: 'none'},
  instances: {type: 'command', deploy: ['none'], stop: ['none']},
  slots: ['blue', 'green'].map(name => ({
    name,
    instances: [1, 2].map(number => ({name: `${name}-${number}`, url: `http://${name}-${number}`})),
  })),
})

/** A balancer that can do nothing but send requests somewhere or not, and knows nothing of those it sends them to. */
function plainContext(down: readonly string[] = []) {
  const placements = new Map<string, Placement>()
  for (const {name, instances} of config.slots)
    for (const instance of instances) placements.set(instance.name, name === 'blue' ? 'serving' : 'off')
  const commands: string[] = []
  const logs: string[] = []
  const traffic: TrafficDriver = {
    target: 'plain balancer',
    abilities: {drain: false, weights: false, perServerCounters: false, ownChecks: false, survivesReload: true},
    state: async () => ({
      unserved: 0,
      servers: new Map(
        [...placements].map(([name, placement]) => [
          name,
          {
            name,
            placement,
            word: placement,
            fresh: true,
            failing: false,
            check: '',
            sessions: 0,
            responses: 0,
            errors: 0,
          },
        ]),
      ),
    }),
    recheck: () => [],
    command: moves => moves.map(({server, to}) => `${server} ${to}`).join(', '),
    async move(moves) {
      for (const {server, to} of moves) placements.set(server, to)
    },
  }
  const {signal} = new AbortController()
  const context: ReleaseContext = {
    config,
    traffic,
    instances: {
      timeoutMs: 1,
      start: () => Promise.reject(new Error('not here')) as never,
      stop: () => Promise.reject(new Error('not here')) as never,
      logs: undefined,
      obstacles: async () => [],
    },
    request: async url => ({
      status: down.some(name => url.includes(name)) ? 503 : 200,
      body: '{"version":"2"}',
      date: undefined,
    }),
    tools: {
      environment: {name: 'test', protected: false},
      run: 'r-test',
      act: (command, change) => {
        commands.push(command)
        return change(signal)
      },
      signal,
      clock: systemClock,
      exec: () => Promise.reject(new Error('nothing runs here')),
      secret: () => Promise.reject(new Error('no secret')),
      matcher: {match: () => Promise.resolve('yes')},
      log: line => logs.push(line),
      progress: () => undefined,
      dryRun: false,
    },
  }
  return {context, commands, logs, placements}
}

test('where nothing drains, the old slot is taken off at once, and it is said that requests were cut', async () => {
  const {context, commands, logs} = plainContext()
  await switchTo(context, 'green')
  expect(commands).toEqual(['green-1 serving, green-2 serving, blue-1 off, blue-2 off'])
  expect(await waitDrained(context, ['blue-1', 'blue-2'])).toEqual({left: 0, ms: 0})
  expect(logs.join('\n')).toContain('plain balancer cannot drain')
})

test('where the driver makes no checks, an instance that does not answer gets no traffic', async () => {
  const {context, commands} = plainContext(['green-2'])
  await expect(enableChecksAndWait(context, ['green-1', 'green-2'], true)).rejects.toThrow(
    'green-2 /health/ready answered 503',
  )
  await expect(switchTo(context, 'green')).rejects.toThrow(
    'green cannot take traffic: green-2 /health/ready answered 503',
  )
  expect(commands).toEqual([])
})

test('an instance whose only neighbour is down by our own probe must stay', async () => {
  const {context, commands} = plainContext(['blue-2'])
  await expect(drainInstance(context, 'blue-1')).rejects.toThrow('blue-1 must stay')
  await drainInstance(context, 'blue-2')
  expect(commands).toEqual(['blue-2 off'])
})

test('where nothing is counted by server, a watch proves nothing, and says why', async () => {
  const {context, logs} = plainContext()
  expect(await watch(context, 'blue', 1)).toMatchObject({verdict: 'nothing seen'})
  expect(logs[0]).toContain('does not count by server')
})
