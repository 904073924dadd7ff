import {describe, expect, test} from 'vitest'
import {countersIn, healthIn, persistenceIn, ratesSince, roleIn} from './info.ts'
import {parseInfo} from '../connections/redis-info.ts'
import {hitRatesOf} from './target.ts'

const info = (fields: Readonly<Record<string, string | number>>) =>
  parseInfo(['# Server', ...Object.entries(fields).map(([name, value]) => `${name}:${value}`)].join('\r\n'))

describe('rates between two probes', () => {
  const counters = (ms: number, hits: number, misses: number, run = 'a') =>
    countersIn(
      info({
        run_id: run,
        keyspace_hits: hits,
        keyspace_misses: misses,
        total_commands_processed: ms,
        evicted_keys: ms / 10,
      }),
      ms,
    )

  test('are deltas per second', () => {
    expect(ratesSince(counters(1000, 10, 10), counters(3000, 40, 20))).toEqual({
      hitRate: 0.75,
      lookupsPerSecond: 20,
      opsPerSecond: 1000,
      evictedPerSecond: 100,
    })
  })
  test('without lookups there is no hit rate, not a bad one', () => {
    expect(ratesSince(counters(1000, 10, 10), counters(3000, 10, 10))).toMatchObject({
      hitRate: undefined,
      lookupsPerSecond: 0,
    })
  })
  test.each([
    ['the first probe', undefined],
    ['a restarted server', counters(1000, 500, 500, 'b')],
  ])('after %s they are since its start', (_title, before) => {
    expect(ratesSince(before, counters(3000, 3, 1))).toMatchObject({hitRate: 0.75, opsPerSecond: undefined})
  })
})

describe('health from INFO', () => {
  test.each([
    [{role: 'master'}, 'up', 'answers as master'],
    [{role: 'slave', master_link_status: 'up'}, 'up', 'answers as replica'],
    [{role: 'slave', master_link_status: 'down'}, 'degraded', 'the link to the master is down'],
    [{loading: 1}, 'degraded', 'it is loading its data'],
    [{rdb_last_bgsave_status: 'err'}, 'degraded', 'the last snapshot failed'],
    [{used_memory: 99, maxmemory: 100, maxmemory_policy: 'allkeys-lru'}, 'up', 'answers as unknown'],
  ])('%j is %s: %s', (fields, status, reason) => expect(healthIn(info(fields))).toEqual({status, reason}))
  test('nearly full without eviction is degraded', () => {
    expect(healthIn(info({used_memory: 99, maxmemory: 100, maxmemory_policy: 'noeviction'})).reason).toMatch(
      /nearly full/,
    )
  })
  test('role and persistence are words', () => {
    expect(roleIn(info({role: 'master', connected_slaves: 2}))).toBe('master, 2 replicas')
    expect(persistenceIn(info({aof_enabled: 1, aof_last_write_status: 'err'}))).toBe('RDB ok, AOF failed')
  })
})

describe('hit rates that the application publishes', () => {
  const namespaces = [
    {pattern: 'a:*'},
    {pattern: 'b:*', hits: 'h', misses: 'm'},
    {pattern: 'c:*', hits: 'h2', misses: 'm2'},
  ]
  test.each([
    [
      [10, 10, undefined, undefined],
      [40, 20, undefined, undefined],
      [undefined, 0.75, undefined],
    ],
    [[], [3, 1, 0, 5], [undefined, 0.75, 0]],
    [
      [100, 100, 1, 1],
      [3, 1, 1, 1],
      [undefined, 0.75, undefined],
    ],
  ])('from %j to %j', (before, now, rates) => expect(hitRatesOf({namespaces}, before, now)).toEqual(rates))
})
