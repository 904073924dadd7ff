import {describe, expect, test} from 'vitest'
import {parsePasswd} from './accounts.ts'
import {WELL, behaviourOfVersion, withFaults, worst} from './app/behaviour.ts'
import {overall} from './app/health.ts'
import {parseOrder} from './app/routes.ts'
import {healthAnswer} from './app/server.ts'
import {parsePidFile} from './daemon.ts'
import {parseFault} from './fault-text.ts'
import {nextRequest} from './load/traffic.ts'
import {companions} from './parts/list.ts'
import type {LabPlan} from './plan.ts'
import {findProgram, installHint} from './programs.ts'
import {requirePart} from './server-faults.ts'

describe('a version decides how an instance behaves', () => {
  test.each([
    ['1.4.0', WELL],
    ['1.5.0-rc1', WELL],
    ['1.5.0-unhealthy', {...WELL, health: 503}],
    ['1.5.0-smoke', {...WELL, smokeFails: true}],
    ['1.5.0-errors5', {...WELL, errors: 0.05}],
    ['1.5.0-errors50', {...WELL, errors: 0.5}],
    ['1.5.0-slow', {...WELL, latencyMs: 800}],
    ['1.5.0-crash', {...WELL, crash: true}],
  ])('%s', (version, behaviour) => {
    expect(behaviourOfVersion(version)).toEqual(behaviour)
  })
})

test('faults are switched one by one, together, and all off; nonsense is refused', () => {
  const one = withFaults(WELL, new URLSearchParams('errors=0.05&latency=300'))
  expect(one).toEqual({...WELL, errors: 0.05, latencyMs: 300})
  expect(withFaults(one ?? WELL, new URLSearchParams('errors=0'))).toEqual({...WELL, latencyMs: 300})
  expect(withFaults(one ?? WELL, new URLSearchParams('reset=1'))).toEqual(WELL)
  for (const bad of ['errors=2', 'latency=-1', 'health=99', 'health=abc', 'other=1'])
    expect(withFaults(WELL, new URLSearchParams(bad))).toBeUndefined()
  expect(worst({...WELL, errors: 0.5}, {...WELL, errors: 0.1, health: 500})).toEqual({
    ...WELL,
    errors: 0.5,
    health: 500,
  })
})

test('the health documents answer for readiness, degraded service and a forced status', () => {
  const check = {status: 'ok'} as const
  const checks = {database: check, redis: check, memory: check}
  const document = {status: 'ok', version: '1', instance: 'a', uptime: 1, checks} as const
  const state = {forced: 0, draining: false}
  expect(healthAnswer('/health/ready', document, state)).toMatchObject({status: 200, body: {status: 'ok'}})
  expect(healthAnswer('/health/ready', document, {...state, draining: true}).status).toBe(503)
  expect(healthAnswer('/health/ready', document, {...state, forced: 500})).toMatchObject({
    status: 500,
    body: {status: 'down'},
  })
  expect(healthAnswer('/health/live', document, {...state, forced: 500}).status).toBe(200)
  expect(healthAnswer('/health/other', document, state).status).toBe(404)
  expect(overall({...checks, redis: {status: 'down'}})).toBe('degraded')
  expect(overall({...checks, database: {status: 'down'}})).toBe('down')
})

test('an order is taken only when it is whole', () => {
  expect(parseOrder('{"customer":1,"product":2,"quantity":900}')).toEqual({customer: 1, product: 2, quantity: 100})
  for (const bad of [
    '',
    '{}',
    'null',
    '{"customer":"1","product":2,"quantity":1}',
    '{"customer":1,"product":0,"quantity":1}',
  ])
    expect(parseOrder(bad)).toBeUndefined()
})

describe('faults are written as', () => {
  test.each([
    ['redis-down', {kind: 'part-down', part: 'redis'}],
    ['postgres-hung', {kind: 'part-hung', part: 'postgres'}],
    ['instance-down=blue-1', {kind: 'instance-down', instance: 'blue-1'}],
    ['errors=50%', {kind: 'errors', share: 0.5, on: undefined}],
    ['errors=0.05@green', {kind: 'errors', share: 0.05, on: 'green'}],
    ['latency=500ms@blue-2', {kind: 'latency', ms: 500, on: 'blue-2'}],
    ['health=503', {kind: 'health', status: 503, on: undefined}],
    ['redis-full', {kind: 'redis-full'}],
    ['replica-down', {kind: 'part-down', part: 'postgres-replica'}],
    ['redis-replica-down', {kind: 'part-down', part: 'redis-replica'}],
    ['pooler-down', {kind: 'part-down', part: 'pooler'}],
    ['replica-cut', {kind: 'replica-cut'}],
    ['replica-lag=30s', {kind: 'replica-lag', ms: 30_000}],
    ['redis-replica-cut', {kind: 'redis-replica-cut'}],
    ['pooler-full', {kind: 'pooler-full'}],
    ['prometheus-down', {kind: 'part-down', part: 'prometheus'}],
    ['alertmanager-down', {kind: 'part-down', part: 'alertmanager'}],
  ])('%s', (text, fault) => {
    expect(parseFault(text)).toEqual(fault)
  })
  test.each([
    '',
    'redis',
    'haproxy-hung',
    'pooler-hung',
    'prometheus-hung',
    'replica-lag=soon',
    'replica-lag',
    'errors=0',
    'errors=101%',
    'latency=soon',
    'health=42',
    'errors=5%@',
    'x-down',
  ])('not %j', text => {
    expect(() => parseFault(text)).toThrow('not a fault')
  })
})

test('a pid file names a process even when its name holds spaces and brackets; half a file names none', () => {
  const fields = ['S', '1', '42', ...Array.from({length: 16}, () => '0'), '987654', '0']
  expect(parsePidFile(`boot-1 42 (od) d (sh) ${fields.join(' ')}\n`)).toEqual({
    pid: 42,
    startTicks: 987_654,
    bootId: 'boot-1',
  })
  for (const half of ['', 'boot-1', 'boot-1 42 (sh) S 1 42']) expect(parsePidFile(half)).toBeUndefined()
})

test('accounts are read from passwd lines, broken lines are left out', () => {
  expect([...parsePasswd('root:x:0:0:r:/root:/bin/sh\n\nbad\nnobody:x:65534:65533::/:/x\n').values()]).toEqual([
    {name: 'root', uid: 0, gid: 0},
    {name: 'nobody', uid: 65_534, gid: 65_533},
  ])
})

test('traffic asks only for pages and products that exist, and the slow share is slow', () => {
  for (let index = 0; index < 2000; index += 1) {
    const {path, slow} = nextRequest({slow: 0.1, slowMs: 50}, Math.random)
    expect(path).toMatch(
      /^\/(?:$|orders$|slow\?ms=50$|products\?page=(?:[1-9]|1\d|2[0-5])$|products\/(?:[1-9]\d?|[1-4]\d\d|500)$)/,
    )
    expect(slow).toBe(path.startsWith('/slow'))
  }
})

test('a missing program is named with what brings it', async () => {
  await expect(findProgram('no-such-program')).rejects.toMatchObject({
    code: 'lab/tool-missing',
    hint: expect.stringContaining('apt-get install --no-install-recommends no-such-program') as string,
  })
})

test('a lab without pgbouncer has no pooler, and a fault of it says what brings one', () => {
  const notes = [`There is no pooler in this lab: pgbouncer is not installed. ${installHint('pgbouncer')}`]
  const plan = {
    dir: '/lab',
    home: '/lab',
    ports: {replica: 1},
    programs: {},
    instances: [],
    notes,
  } as unknown as LabPlan
  expect(companions(plan).map(({name}) => name)).toEqual(['postgres-replica'])
  expect(() => requirePart(plan, 'pooler')).toThrow(
    expect.objectContaining({code: 'usage/arguments', hint: expect.stringContaining('apt-get install') as string}),
  )
})

test('a lab has a Prometheus only together with an Alertmanager', () => {
  const programs = {prometheus: '/usr/bin/prometheus', alertmanager: '/usr/bin/prometheus-alertmanager'}
  const plan = {dir: '/lab', home: '/lab', programs, instances: [], notes: []}
  const names = (ports: object): readonly string[] =>
    companions({...plan, ports} as unknown as LabPlan).map(({name}) => name)
  expect(names({prometheus: 1, alertmanager: 2})).toEqual(['alertmanager', 'prometheus'])
  expect(names({})).toEqual([])
})
