import {Redis} from 'ioredis'
import {afterAll, beforeAll, beforeEach, expect, test} from 'vitest'
import {plainTools} from '../../test/servers/ops-tools.ts'
import {type RedisServer, startRedis} from '../../test/servers/redis.ts'
import {systemClock} from '../units/clock.ts'
import {cacheSchema} from './config.ts'
import {createCacheOps} from './ops.ts'
import {cacheTargets} from './target.ts'

// K11: what the console reads itself is no lookup of the application, whichever process or host reads it.

let server: RedisServer
let redis: Redis
beforeAll(async () => {
  server = await startRedis()
  redis = new Redis(server.url, {protocol: 2})
})
afterAll(async () => {
  redis.disconnect()
  await server.stop()
})
beforeEach(async () => {
  await redis.flushall()
  const pipeline = redis.pipeline()
  for (let key = 0; key < 1500; key += 1) pipeline.set(`item:${key}`, 'x', 'PX', 3_600_000)
  await pipeline.exec()
  await redis.mset({'stats:hits': '1', 'stats:misses': '4'})
  await redis.config('RESETSTAT')
})

const config = () => ({
  ...cacheSchema.parse({
    name: 'main',
    url: server.url,
    namespaces: [
      {pattern: 'item:*', ttl: '2h', hits: 'stats:hits', misses: 'stats:misses'},
      {pattern: 'none:*', hits: 'not:there', misses: 'nor:this'},
    ],
    events: {GONE: ['nothing:{id}', 'nothing:*']},
  }),
  environment: 'test',
})
const open = () => {
  const [target] = cacheTargets(
    {caches: [config()]},
    {clock: systemClock, secret: ref => Promise.resolve(ref as string)},
  )
  if (target === undefined) throw new Error('no target')
  return target
}
const signal = (): AbortSignal => AbortSignal.timeout(20_000)

/** An application that finds one key in five. */
async function traffic(lookups: number): Promise<void> {
  const pipeline = redis.pipeline()
  for (let at = 0; at < lookups; at += 1) pipeline.get(at % 5 === 0 ? 'item:1' : `missing:${at}`)
  await pipeline.exec()
}

test('a true 20 %, and the operations of an application, stay the same under exact counts, samples, invalidations and other consoles', async () => {
  const watching = open()
  await traffic(200)
  expect((await watching.probe(signal())).values['hitRate']).toBe(0.2)
  for (let round = 0; round < 3; round += 1) {
    await traffic(200)
    // What another process does, on another host for all that Redis knows.
    const ops = createCacheOps(config(), plainTools())
    await ops.namespaces({exact: true})
    await ops.namespaces({exact: false})
    await ops.count(ops.patterns('GONE', {id: '1'}))
    const other = open()
    await other.probe(signal())
    expect((await other.probe(signal())).values['hitRate']).toBeUndefined()
    await other.close?.()
    const {values} = await watching.probe(signal())
    expect(values).toMatchObject({hitRate: 0.2, lookups: 200})
    // The application does nothing else, and neither do its operations say so.
    expect(values['opsPerSecond']).toBe(values['lookupsPerSecond'])
  }
  await watching.close?.()
  // Without a probe before, since the start of the server: all of that is in its counters.
  const late = open()
  expect((await late.probe(signal())).values).toMatchObject({hitRate: 0.2, lookups: 800})
  await late.close?.()
  expect(Number(/keyspace_hits:(\d+)/.exec(await redis.info('stats'))?.[1])).toBeGreaterThan(5_000)
}, 120_000)

test('a probe that was cut off leaves none of its lookups behind', async () => {
  const watching = open()
  await watching.probe(signal())
  for (const ms of [1, 3, 5, 8, 12, 20]) {
    await traffic(100)
    await watching.probe(AbortSignal.timeout(ms))
  }
  await traffic(100)
  await watching.probe(signal())
  await traffic(100)
  expect((await watching.probe(signal())).values).toMatchObject({hitRate: 0.2, lookups: 100})
  await watching.close?.()
}, 120_000)

test('a probe at an idle cache is no lookup at all, hit or miss', async () => {
  const target = open()
  await target.probe(signal())
  const found = await target.probe(signal())
  expect(found.values).toMatchObject({lookups: 0, lookupsPerSecond: 0, opsPerSecond: 0})
  expect(found.values['hitRate']).toBeUndefined()
  expect(/keyspace_misses:(\d+)/.exec(await redis.info('stats'))?.[1]).toBe('0')
  await target.close?.()
})

test('counters that are reset between two probes make no false rate', async () => {
  const target = open()
  await traffic(500)
  await target.probe(signal())
  await redis.config('RESETSTAT')
  await traffic(100)
  expect((await target.probe(signal())).values).toMatchObject({hitRate: 0.2})
  await target.close?.()
})
