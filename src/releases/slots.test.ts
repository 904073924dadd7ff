import {describe, expect, test} from 'vitest'
import {releaseSchema} from './config.ts'
import {ratesBetween} from './counters.ts'
import {NOTHING} from './left.ts'
import type {InstanceView, SlotView} from './views.ts'
import {releaseRows} from './release-rows.ts'
import {commonVersion, liveSlot, restartableSlot, roleOf, rollbackReadiness, versionWords} from './slots.ts'
import {type ReleaseDetail, resultOf} from './target.ts'
import type {Placement, TrafficServer} from './traffic/traffic-driver.ts'
import {versionIn} from './instance.ts'

const server = (name: string, placement: Placement, more: Partial<TrafficServer> = {}): TrafficServer => ({
  name,
  placement,
  word: placement === 'serving' ? 'UP' : placement === 'draining' ? 'DRAIN' : 'MAINT',
  fresh: placement !== 'off',
  failing: false,
  check: 'L7OK',
  sessions: 0,
  responses: 100,
  errors: 0,
  ...more,
})
const instance = (id: string, version: string | undefined, state: 'up' | 'down' = 'up'): InstanceView => ({
  id,
  slot: id.split('-')[0] ?? '',
  host: 'localhost',
  url: `http://${id}`,
  health: '/health/ready',
  version,
  state,
  reason: state === 'up' ? 'answers' : 'does not answer: ECONNREFUSED',
})
const slot = (name: string, role: SlotView['role'], ...instances: readonly InstanceView[]): SlotView => ({
  name,
  role,
  version: commonVersion(instances.map(one => one.version)),
  instances,
})
const blue = slot('blue', 'live', instance('blue-1', '2.0'), instance('blue-2', '2.0'))
const green = slot('green', 'idle', instance('green-1', '1.0'), instance('green-2', '1.0'))

describe('the role of a slot', () => {
  test.each([
    [['serving', 'serving'], 0, 'live'],
    [['serving', 'draining'], 0, 'mixed'],
    [['serving', 'off'], 0, 'mixed'],
    [['draining', 'draining'], 3, 'draining'],
    [['draining', 'off'], 0, 'idle'],
    [['off', 'off'], 0, 'idle'],
  ] as const)('%j with %i requests is %s', (placements, sessions, role) => {
    expect(roleOf(placements.map((placement, index) => server(`s${index}`, placement, {sessions})))).toBe(role)
  })
  test('a server that the load balancer does not know means that nobody knows', () => {
    expect(roleOf([server('a', 'serving'), undefined])).toBe('no data')
  })
})

describe('which slot is live', () => {
  test.each([
    [[blue, {...green, role: 'live' as const}], /blue and green both take traffic/],
    [[{...blue, role: 'idle' as const}, green], /no slot takes traffic/],
    [[{...blue, role: 'mixed' as const}, green], /only some instances of blue take traffic/],
    [[blue, {...green, role: 'no data' as const}], /does not know every instance of green/],
  ])('is refused when it is not plain (%#)', (slots, message) => expect(() => liveSlot(slots)).toThrow(message))
  test('is the one that takes all traffic', () => expect(liveSlot([green, blue]).name).toBe('blue'))
})

describe('readiness of a rollback', () => {
  test.each([
    [[blue, green], true, '1.0 runs on green, healthy, without traffic'],
    [
      [blue, slot('green', 'idle', instance('green-1', '1.0'), instance('green-2', undefined, 'down'))],
      false,
      'green-2 does not answer: ECONNREFUSED',
    ],
    [
      [blue, slot('green', 'idle', instance('green-1', '1.0'), instance('green-2', '1.1'))],
      false,
      'green runs several versions (1.0, 1.1)',
    ],
    [[blue, slot('green', 'idle', instance('green-1', '2.0'))], false, 'green runs 2.0 too'],
  ])('case %#', (slots, ready, reason) =>
    expect(rollbackReadiness(slots)).toMatchObject({ready, reason, slot: 'green'}),
  )
})

test('a single live instance is not restarted, and one without a version neither', () => {
  expect(() => restartableSlot([slot('blue', 'live', instance('blue-1', '2.0')), green], undefined)).toThrow(
    /interrupt users/,
  )
  expect(() =>
    restartableSlot([slot('blue', 'live', instance('blue-1', '2'), instance('blue-2', undefined)), green], undefined),
  ).toThrow(/blue-2 does not report/)
  expect(restartableSlot([blue, green], 'green')).toMatchObject({isLive: false, slot: 'green'})
})

test('of a live slot the instance that is not healthy is restarted first, and none when all are not', () => {
  const sick = (...states: readonly ('up' | 'down')[]) => [
    slot('blue', 'live', ...states.map((state, nth) => instance(`blue-${nth + 1}`, '2.0', state))),
    green,
  ]
  expect(restartableSlot(sick('up', 'down'), undefined).instances.map(({id}) => id)).toEqual(['blue-2', 'blue-1'])
  expect(() => restartableSlot(sick('down', 'down'), undefined)).toThrow(/no instance of blue is healthy/)
})

test.each([
  ['{"version":"1.2"}', '1.2'],
  ['{"version":"a\\u001b[31mb"}', 'ab'],
  ['{"version":7}', undefined],
  ['null', undefined],
  ['<html>', undefined],
])('the version in %j is %j', (body, version) => expect(versionIn(body)).toBe(version))

describe('rates between two looks', () => {
  const at = (ms: number, responses: number, errors: number, unserved = 0) => ({
    ms,
    servers: new Map([['a', {responses, errors}]]),
    unserved,
  })
  test('count requests that nobody served as errors', () => {
    expect(ratesBetween(at(0, 100, 0), at(2000, 190, 5, 10))).toMatchObject({requestsPerSecond: 50, errorRate: 0.15})
  })
  test.each([
    ['the first probe', undefined],
    ['a restarted load balancer', at(0, 500, 0)],
  ])('are unknown after %s', (_title, before) => expect(ratesBetween(before, at(2000, 190, 5))).toBeUndefined())
})

describe('what a probe finds', () => {
  const config = releaseSchema.parse({
    name: 'web',
    traffic: {type: 'haproxy', socket: '/s', backend: 'app'},
    slots: ['blue', 'green'].map(name => ({
      name,
      instances: [1, 2].map(index => ({name: `${name}-${index}`, url: 'http://x'})),
    })),
    instances: {type: 'command', deploy: ['d'], stop: ['s']},
  })
  const state = (servers: readonly TrafficServer[]) => ({
    servers: new Map(servers.map(one => [one.name, one])),
    unserved: 0,
  })
  const all = (blues: Partial<TrafficServer> = {}) =>
    state([
      server('blue-1', 'serving', blues),
      server('blue-2', 'serving'),
      server('green-1', 'draining'),
      server('green-2', 'draining'),
    ])
  const seen = {config, slots: [blue, green], state: all(), problem: undefined, rates: undefined, latencyMs: 3}

  test('what is remembered of versions is shown, the newest first', () => {
    const note = (at: number) => ({fate: 'good' as const, reason: 'r', at, run: 'r-1'})
    const result = resultOf({...seen, left: {...NOTHING, versions: {'1.0': note(1), '2.0': note(2)}}})
    expect((result.detail as ReleaseDetail).versions?.map(({version}) => version)).toEqual(['2.0', '1.0'])
  })

  test('both sides of a canary of ours take traffic on purpose; without one that is a fault', () => {
    const both = {...seen, slots: [blue, {...green, role: 'live' as const}]}
    expect(resultOf(both)).toMatchObject({status: 'degraded', reason: 'blue and green both take traffic'})
    const canary = {slot: 'green', version: '1.0', percent: 5, at: 1, run: 'r-1'}
    expect(resultOf({...both, left: {...NOTHING, canary}})).toMatchObject({
      status: 'up',
      reason: 'canary: 5 % of the requests to 1.0 on green, the rest to 2.0',
      version: '2.0',
    })
    expect(resultOf({...seen, left: {...NOTHING, canary}})).toMatchObject({status: 'up', reason: 'blue serves 2.0'})
  })
  const rates = {
    requestsPerSecond: 50,
    errorRate: 0.2,
    perServer: new Map([['blue-1', 25]]),
    errorsPerServer: new Map([['blue-1', 5]]),
  }

  test.each([
    ['all is well', seen, 'up', 'blue serves 2.0'],
    [
      'the load balancer is gone',
      {...seen, state: undefined, problem: 'HAProxy did not answer'},
      'down',
      'HAProxy did not answer',
    ],
    [
      'one live instance is down',
      {...seen, slots: [slot('blue', 'live', instance('blue-1', '2.0'), instance('blue-2', undefined, 'down')), green]},
      'degraded',
      'blue-2 does not answer: ECONNREFUSED',
    ],
    [
      'all live instances are down',
      {...seen, slots: [slot('blue', 'live', instance('blue-1', undefined, 'down')), green]},
      'down',
      'no instance that takes traffic is healthy',
    ],
    [
      'both slots take traffic',
      {...seen, slots: [blue, {...green, role: 'live' as const}]},
      'degraded',
      'blue and green both take traffic',
    ],
    [
      'the load balancer finds one dead',
      {...seen, state: all({word: 'DOWN', fresh: false})},
      'degraded',
      'blue-1 is DOWN in the load balancer',
    ],
    ['requests fail', {...seen, rates}, 'degraded', '20.0% of the requests fail'],
  ])('when %s', (_title, probe, status, reason) => expect(resultOf(probe)).toMatchObject({status, reason}))

  test('is a row, and nothing is a row too', () => {
    const row = {name: 'web', environment: 'e', state: 'up' as const, reason: '', since: 1, at: 1, intervalMs: 1}
    const sample = {...resultOf({...seen, rates}), target: 'release/e/web' as const, at: 1}
    const rows = releaseRows({releases: [{...config, environment: 'e'}]}, () => ({row, sample}))
    expect(rows[0]).toMatchObject({
      live: 'blue',
      version: '2.0',
      rollback: {ready: true, version: '1.0'},
      errorRate: 0.2,
    })
    expect(rows[0]?.slots[0]?.instances[0]).toMatchObject({traffic: 'UP', requestsPerSecond: 25})
    expect(releaseRows({releases: [{...config, environment: 'e'}]}, () => ({row, sample: undefined}))[0]).toMatchObject(
      {slots: [], live: undefined},
    )
  })
})

test.each([
  ['of one version', [instance('g-1', '1.0'), instance('g-2', '1.0')], '1.0'],
  ['of two', [instance('g-1', '1.0'), instance('g-2', '1.1')], 'several versions (1.0, 1.1)'],
  [
    'that does not answer',
    [instance('g-1', undefined, 'down'), instance('g-2', undefined, 'down')],
    'nothing that answers',
  ],
  ['that tells none', [instance('g-1', undefined), instance('g-2', undefined)], 'an unknown version'],
  ['of which half is gone', [instance('g-1', '1.0'), instance('g-2', undefined, 'down')], '1.0, not by all'],
])('a slot %s is named for what it is', (_, instances, words) => {
  expect(versionWords(slot('green', 'idle', ...instances))).toBe(words)
})
