import {describe, expect, test} from 'vitest'
import {countersIn, hitRateOf, ratesSince, recentLookups} from './counters.ts'
import {healthIn, persistenceIn, roleIn} from './info.ts'
import {parseInfo} from '../connections/redis-info.ts'
import {hitRatesOf} from './target.ts'

const info = (fields: Readonly<Record<string, string | number>>) =>
  parseInfo(['# Server', ...Object.entries(fields).map(([name, value]) => `${name}:${value}`)].join('\r\n'))

describe('rates between two probes', () => {
  const counters = (ms: number, hits: number, misses: number, more: Readonly<Record<string, string | number>> = {}) =>
    countersIn(
      [
        info({
          redis_version: '7.0.15',
          run_id: 'a',
          keyspace_hits: hits,
          keyspace_misses: misses,
          total_commands_processed: ms,
          evicted_keys: ms / 10,
          cmdstat_get: 'calls=1,usec=1',
          ...more,
        }),
      ],
      ms,
    )
  const own = (calls: number) => ({cmdstat_pexpiretime: `calls=${calls},usec=9`, cmdstat_substr: 'calls=5,usec=1'})

  test('are deltas per second', () => {
    expect(ratesSince(counters(1000, 10, 10), counters(3000, 40, 20))).toEqual({
      lookups: {hits: 30, misses: 10, seconds: 2},
      opsPerSecond: 1000,
      evictedPerSecond: 100,
    })
  })
  test('of applications alone: what any console looked up in between is taken out', () => {
    const {lookups} = ratesSince(counters(1000, 100, 80, own(20)), counters(3000, 10_120, 160, own(10_020)))
    expect(lookups).toEqual({hits: 20, misses: 80, seconds: 2})
  })
  test('where an application may have used the same commands, the hit rate is not known', () => {
    const old = (calls: number) => ({redis_version: '6.2.14', cmdstat_pttl: `calls=${calls},usec=9`})
    expect(ratesSince(counters(1000, 0, 0, old(0)), counters(3000, 50, 50, old(10))).lookups).toBeUndefined()
    expect(ratesSince(counters(1000, 0, 0, old(9)), counters(3000, 50, 50, old(9))).lookups).toMatchObject({hits: 50})
  })
  test.each([
    ['the first probe', undefined],
    ['a restarted server', counters(1000, 500, 500, {run_id: 'b'})],
    ['a reset of its counters', counters(1000, 500, 500)],
  ])('after %s they are since its start, our own lookups taken out', (_title, before) => {
    const since = ratesSince(before, counters(3000, 18, 7, own(10)))
    expect(since).toMatchObject({lookups: {hits: 3, misses: 7, seconds: undefined}, opsPerSecond: undefined})
  })
  test('a server that does not say what we looked up has neither a hit rate nor a rate of commands', () => {
    const silent = (ms: number) =>
      countersIn([info({run_id: 'a', keyspace_hits: ms, keyspace_misses: ms, total_commands_processed: ms})], ms)
    const none = {lookups: undefined, opsPerSecond: undefined}
    expect(ratesSince(undefined, silent(9))).toMatchObject(none)
    expect(ratesSince(silent(9), silent(1009))).toMatchObject(none)
  })
  test('operations are those on keys: what asks, walks, connects or is ours is none of them', () => {
    const calls = (all: Readonly<Record<string, number>>) =>
      Object.fromEntries(Object.entries(all).map(([name, count]) => [`cmdstat_${name}`, `calls=${count},usec=1`]))
    const quiet = counters(0, 0, 0, {total_commands_processed: 100})
    const ours = {'memory|usage': 400, 'client|setname': 3, info: 8, ping: 4, scan: 90, randomkey: 500, eval: 10}
    const busy = (more: Readonly<Record<string, number>>, redis_version = '7.0.15') =>
      counters(1000, 0, 0, {redis_version, total_commands_processed: 100 + 1015 + 60, ...calls({...ours, ...more})})
    expect(ratesSince(quiet, busy({get: 61})).opsPerSecond).toBe(60)
    const [before, later] = [
      {get: 1, pttl: 0},
      {get: 1, pttl: 60},
    ]
    // Whose PTTL it was is not known.
    const old = (more: Readonly<Record<string, number>>, ms: number) =>
      counters(ms, 0, 0, {redis_version: '6.2.14', total_commands_processed: 61 * ms, ...calls(more)})
    expect(ratesSince(old(before, 1), old(later, 1001)).opsPerSecond).toBe(61_000 - 60)
    expect(ratesSince(old(before, 1), old({get: 1, pttl: 6000}, 1001)).opsPerSecond).toBeUndefined()
  })
  test('what a server does not tell is not 0', () => {
    const silent = countersIn([info({run_id: 'a'})], 0)
    expect(ratesSince(silent, {...silent, ms: 1000})).toEqual({
      lookups: undefined,
      opsPerSecond: undefined,
      evictedPerSecond: undefined,
    })
  })
  test('a hit rate is that of the newest 100 lookups or more, at most ten minutes back', () => {
    const few = (seconds: number) => ({hits: 10, misses: 20, seconds})
    const many = {hits: 0, misses: 500, seconds: 30}
    expect(recentLookups([few(30), few(30), many, many], few(30))).toHaveLength(4)
    expect(recentLookups([few(30)], many)).toEqual([many])
    expect(recentLookups([few(400)], few(400))).toEqual([few(400)])
    expect(hitRateOf([few(30), {hits: 0, misses: 70, seconds: 30}])).toBe(0.1)
    expect(hitRateOf([])).toBeUndefined()
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
  ])('%j is %s: %s', (fields, status, reason) => expect(healthIn([info(fields)])).toEqual({status, reason}))
  test('nearly full without eviction is degraded', () => {
    expect(healthIn([info({used_memory: 99, maxmemory: 100, maxmemory_policy: 'noeviction'})]).reason).toMatch(
      /nearly full/,
    )
  })
  test('role and persistence are words', () => {
    expect(roleIn([info({role: 'master', connected_slaves: 2})])).toBe('master, 2 replicas')
    const two = {slave0: 'ip=a,port=1,state=online,lag=0', slave1: 'ip=b,port=1,state=send_bulk,lag=0'}
    expect(roleIn([info({role: 'master', connected_slaves: 2, ...two})])).toBe('master, 1 of 2 replicas online')
    expect(roleIn([info({role: 'slave', master_host: 'db1', master_port: 6379})])).toBe('replica of db1:6379')
    const failing = {rdb_last_bgsave_status: 'ok', aof_enabled: 1, aof_last_write_status: 'err'}
    expect(persistenceIn([info(failing)])).toBe('RDB ok, AOF failed')
  })
  test('persistence of which nothing is told is not ok', () => {
    expect(persistenceIn([info({role: 'master'})])).toBeUndefined()
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
