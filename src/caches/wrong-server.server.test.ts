import {Redis} from 'ioredis'
import {afterAll, beforeAll, beforeEach, describe, expect, test} from 'vitest'
import {plainTools} from '../../test/servers/ops-tools.ts'
import {type RedisServer, startRedis, startSentinel} from '../../test/servers/redis.ts'
import {eventually} from '../../test/probe-tools.ts'
import {systemClock} from '../units/clock.ts'
import {cacheSchema} from './config.ts'
import {createCacheOps} from './ops.ts'
import {cacheTargets} from './target.ts'

// K3: a connection that is not what its URL says is not used: nothing is shown as it, and nothing is removed.

let server: RedisServer
let replica: RedisServer
let sentinel: RedisServer
let redis: Redis
beforeAll(async () => {
  server = await startRedis(['--databases', '4', '--repl-diskless-sync-delay', '0'])
  replica = await startRedis(['--replicaof', '127.0.0.1', String(server.port), '--replica-read-only', 'no'])
  sentinel = await startSentinel(server)
  redis = new Redis(server.url, {protocol: 2})
  await redis.call('ACL', 'SETUSER', 'noselect', 'on', '>pw', '~*', '+@all', '-select')
}, 60_000)
afterAll(async () => {
  redis.disconnect()
  await sentinel.stop()
  await replica.stop()
  await server.stop()
})
beforeEach(() => redis.mset({'session:1': 'a', 'session:2': 'b'}))

const cacheAt = (url: string) => ({
  ...cacheSchema.parse({
    name: 'main',
    url,
    namespaces: [{pattern: 'session:*'}],
    events: {FLUSH: ['session:*'], ONE: ['session:1']},
  }),
  environment: 'test',
})

async function probeOnce(url: string) {
  const [target] = cacheTargets(
    {caches: [cacheAt(url)]},
    {clock: systemClock, secret: ref => Promise.resolve(ref as string)},
  )
  const found = await target?.probe(AbortSignal.timeout(20_000))
  await target?.close?.()
  return found
}

describe.each([
  ['a database out of range', () => `${server.url}/5`, /database 5 cannot be selected: ERR DB index is out of range/],
  [
    'a role that may not select',
    () => `redis://noselect:pw@127.0.0.1:${server.port}/1`,
    /database 1 cannot be selected: NOPERM/,
  ],
  ['a Sentinel', () => sentinel.url, /it is a Sentinel and holds no keys: write redis\+sentinel:/],
  [
    'a master that the Sentinel does not know',
    () => `redis+sentinel://127.0.0.1:${sentinel.port}/other`,
    /it knows no master "other"/,
  ],
  ['a server asked as a Sentinel', () => `redis+sentinel://127.0.0.1:${server.port}/main`, /it is not a Sentinel/],
])('%s', (_title, url, reason) => {
  test('is not shown as the cache', async () => {
    const found = await probeOnce(url())
    expect(found).toMatchObject({status: 'down', values: {}})
    expect(found?.reason).toMatch(reason)
    expect(found?.detail).toBeUndefined()
  })
  test('loses no key', async () => {
    const ops = createCacheOps(cacheAt(url()), plainTools())
    for (const work of [
      () => ops.count(['session:*']),
      () => ops.remove(['session:*']),
      () => ops.remove(['session:1']),
    ])
      await expect(work()).rejects.toMatchObject({code: 'cache/refused', message: expect.stringMatching(reason)})
    await expect(ops.namespaces({exact: true})).rejects.toMatchObject({code: 'cache/refused'})
    expect(await redis.dbsize()).toBe(2)
  })
})

test('a database that is there is the one that is used', async () => {
  await redis.call('SELECT', '3')
  await redis.set('session:other', '1')
  await redis.call('SELECT', '0')
  expect(await probeOnce(`${server.url}/3`)).toMatchObject({status: 'up', values: {keys: 1}})
  expect(await createCacheOps(cacheAt(`${server.url}/3`), plainTools()).remove(['session:*'])).toBe(1)
  expect(await redis.dbsize()).toBe(2)
})

test('a replica is told as one, on both sides, and no key is removed from it, even where it would take that', async () => {
  await eventually(async () =>
    expect((await probeOnce(replica.url))?.detail).toMatchObject({role: `replica of 127.0.0.1:${server.port}`}),
  )
  await eventually(async () => expect((await probeOnce(server.url))?.detail).toMatchObject({role: 'master, 1 replica'}))
  const ops = createCacheOps(cacheAt(replica.url), plainTools())
  for (const work of [() => ops.count(['session:*']), () => ops.remove(['session:*'])])
    await expect(work()).rejects.toMatchObject({
      code: 'cache/refused',
      message: expect.stringContaining('it is a replica: keys are removed on its master'),
    })
  const copy = new Redis(replica.url, {protocol: 2})
  await eventually(async () => expect(await copy.dbsize()).toBe(2))
  copy.disconnect()
}, 60_000)

test('a Sentinel is followed to its master', async () => {
  const url = `redis+sentinel://127.0.0.1:1,127.0.0.1:${sentinel.port}/main/2`
  await redis.call('SELECT', '2')
  await redis.mset({'session:1': 'a', other: 'b'})
  await redis.call('SELECT', '0')
  const found = await probeOnce(url)
  expect(found).toMatchObject({status: 'up', values: {keys: 2}, detail: {address: url}})
  expect(await createCacheOps(cacheAt(url), plainTools()).remove(['session:*'])).toBe(1)
  expect(await redis.dbsize()).toBe(2)
})
