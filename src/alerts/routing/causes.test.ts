import {describe, expect, test} from 'vitest'
import {alertBench} from '../../../test/alert-bench.ts'
import type {ServiceState} from '../../monitors/sample.ts'

const DEPENDANTS = Array.from({length: 30}, (_, index) => `app-${index}`)
const states = (names: readonly string[], state: ServiceState) => Object.fromEntries(names.map(name => [name, state]))
/** `db` ← 30 services ← `front`, which needs the first of them. */
const SERVICES = {
  db: [],
  ...Object.fromEntries(DEPENDANTS.map(name => [name, ['db']])),
  front: ['app-0'],
}
const ALL = Object.keys(SERVICES)
const said = (bench: ReturnType<typeof alertBench>) => bench.sent.map(({state, target}) => `${state} ${target}`)

describe('one cause behind 30 dependants and a chain', () => {
  test('is one notification; all are watched, and nobody hears of the ends of what he never heard of', async () => {
    const bench = alertBench({services: SERVICES, config: {groupInterval: '1m'}})
    await bench.probeFor(2, states(ALL, 'up'))
    await bench.probeFor(6, states(ALL, 'down'))
    expect(said(bench)).toEqual(['firing service/prod/db'])
    expect(bench.alertStore.since(0).filter(({state}) => state === 'firing')).toHaveLength(32)
    expect(bench.heldOf('app-7')).toBe('service/prod/db is down, which it depends on')
    expect(bench.heldOf('front')).toBe('service/prod/app-0 is down, which it depends on')
    await bench.probeFor(3, states(ALL, 'up'))
    expect(said(bench)).toEqual(['firing service/prod/db', 'resolved service/prod/db'])
  })

  test('whoever was notified before, of whatever, hears of its end in spite of the cause', async () => {
    const bench = alertBench({services: SERVICES, config: {groupInterval: '1m'}})
    await bench.probeFor(2, states(ALL, 'up'))
    await bench.probeFor(12, {...states(ALL, 'up'), ...states(DEPENDANTS, 'down')})
    expect(bench.sent.filter(({state}) => state === 'firing')).toHaveLength(30)
    await bench.probeFor(6, states(ALL, 'down'))
    // Eight deliveries run at once.
    await bench.probeFor(4, {...states(ALL, 'down'), ...states([...DEPENDANTS, 'front'], 'up')})
    expect(bench.sent.filter(({state}) => state === 'resolved')).toHaveLength(30)
    await bench.probeFor(12, states(ALL, 'up'))
    // Each that was told to fire was told to be over: 30 before, and the cause.
    expect(bench.sent.filter(({state}) => state === 'resolved')).toHaveLength(31)
  })

  test('what stays down when the cause is over is told after two intervals, not before', async () => {
    const bench = alertBench({services: SERVICES, config: {groupInterval: '1m'}})
    await bench.probeFor(2, states(ALL, 'up'))
    await bench.probeFor(4, states(ALL, 'down'))
    const after = {...states(ALL, 'up'), 'app-3': 'down' as const}
    await bench.probeFor(2, after)
    expect(bench.heldOf('app-3')).toBe('service/prod/db has just come back, which it depends on')
    await bench.probeFor(2, after)
    expect(said(bench)).toEqual(['firing service/prod/db', 'resolved service/prod/db', 'firing service/prod/app-3'])
  })

  test('a restart of the agent in the middle tells nobody anything', async () => {
    const bench = alertBench({services: SERVICES, config: {groupInterval: '1m'}})
    await bench.probeFor(2, states(ALL, 'up'))
    await bench.probeFor(4, states(ALL, 'down'))
    bench.restart()
    await bench.probeFor(4, states(ALL, 'down'))
    expect(said(bench)).toEqual(['firing service/prod/db'])
  })
})

test('a dependant that fails before its cause was probed waits for that probe, and no longer than a minute', async () => {
  const bench = alertBench({services: {db: [], app: ['db']}, config: {failureThreshold: 1}})
  await bench.probe({db: 'up', app: 'up'})
  await bench.time.advance(10_000)
  await bench.probe({app: 'down'})
  expect(bench.sent).toEqual([])
  expect(bench.heldOf('app')).toBe('waiting for the next probe of service/prod/db, which it depends on')
  await bench.time.advance(20_000)
  await bench.probe({db: 'down'})
  expect(said(bench)).toEqual(['firing service/prod/db'])

  const alone = alertBench({services: {db: [], app: ['db']}, config: {failureThreshold: 1}})
  await alone.probe({db: 'up', app: 'up'})
  await alone.time.advance(10_000)
  await alone.probe({app: 'down'})
  await alone.time.advance(60_000)
  await alone.probe({app: 'down'})
  expect(said(alone)).toEqual(['firing service/prod/app'])
})

test('a cause that is not watched, that has no alert, or that needs its dependant holds nothing back', async () => {
  const unwatched = alertBench({services: {app: ['db']}})
  await unwatched.probeFor(3, {app: 'down'})
  expect(said(unwatched)).toEqual(['firing service/prod/app'])

  const silent = alertBench({
    services: {db: [], app: ['db']},
    config: {rules: [{name: 'down', on: ['*/db'], off: true}]},
  })
  await silent.probeFor(3, {db: 'down', app: 'down'})
  expect(said(silent)).toEqual(['firing service/prod/app'])

  const circle = alertBench({services: {a: ['b'], b: ['a']}})
  await circle.probeFor(3, {a: 'down', b: 'down'})
  expect(said(circle).sort()).toEqual(['firing service/prod/a', 'firing service/prod/b'])
})

test('while nothing is heard of the cause, it stays the cause for as long as its alert does', async () => {
  const bench = alertBench({services: {db: [], app: ['db']}})
  await bench.probeFor(4, {db: 'down', app: 'down'})
  await bench.probeFor(2, {db: 'no data', app: 'down'})
  expect(said(bench).filter(text => text.endsWith('/app'))).toEqual([])
})
