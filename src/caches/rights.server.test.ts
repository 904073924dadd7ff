import {Redis} from 'ioredis'
import {afterAll, beforeAll, beforeEach, describe, expect, test} from 'vitest'
import {deadline, eventually, probeTools} from '../../test/probe-tools.ts'
import {plainTools} from '../../test/servers/ops-tools.ts'
import {type RedisServer, startRedis} from '../../test/servers/redis.ts'
import {openRedisProbe} from '../probes/redis/probe.ts'
import {systemClock} from '../units/clock.ts'
import {cacheSchema} from './config.ts'
import {createCacheOps} from './ops.ts'
import {type CacheDetail, cacheTargets} from './target.ts'

// K5: what one role may not run is named and left out; the rest is shown.

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

const configAt = (url: string) => ({
  ...cacheSchema.parse({
    name: 'main',
    url,
    namespaces: [{pattern: 'item:*', ttl: '1h', hits: 'stats:hits', misses: 'stats:misses'}],
    events: {GONE: ['item:*']},
  }),
  environment: 'test',
})
const open = (url: string) => {
  const [target] = cacheTargets(
    {caches: [configAt(url)]},
    {clock: systemClock, secret: ref => Promise.resolve(ref as string)},
  )
  if (target === undefined) throw new Error('no target')
  return target
}
async function fill(count: number): Promise<void> {
  await redis.flushall()
  const pipeline = redis.pipeline()
  for (let key = 0; key < count; key += 1) pipeline.set(`item:${key}`, 'x', 'PX', 7_200_000)
  pipeline.mset({'stats:hits': '3', 'stats:misses': '1'})
  await pipeline.exec()
}
async function roleWithout(rights: readonly string[]): Promise<string> {
  await redis.call('ACL', 'SETUSER', 'role', 'reset', 'on', '>pw', '~*', '+@all', ...rights.map(right => `-${right}`))
  return `redis://role:pw@127.0.0.1:${server.port}`
}

/** What each command tells: without it the field is not known, and everything else is. */
const ALL = [
  'usedBytes',
  'clients',
  'keys',
  'slowlogLength',
  'hitRate',
  'counted',
  'overdue',
  'bytes',
  'published',
  'persistence',
]
const MATRIX: readonly (readonly [right: string, named: string, lost: readonly string[]])[] = [
  ['ping', 'PING', []],
  ['info', 'INFO', ['usedBytes', 'clients', 'hitRate', 'persistence']],
  ['dbsize', 'DBSIZE', ['keys']],
  ['scan', 'SCAN', []],
  ['eval', 'EVAL', []],
  ['pexpiretime', 'PEXPIRETIME', ['overdue']],
  ['time', 'TIME', ['overdue']],
  ['memory', 'MEMORY USAGE', ['bytes']],
  ['substr', 'SUBSTR', ['published']],
  ['slowlog', 'SLOWLOG LEN', ['slowlogLength']],
]
const UNNAMED = [
  'hello',
  'select',
  'client',
  'auth',
  'unlink',
  'exists',
  'pttl',
  'randomkey',
  'mget',
  'cluster',
  'command',
]

async function seen(url: string) {
  const target = open(url)
  const first = await target.probe(deadline(20_000))
  for (let at = 0; at < 100; at += 1) await redis.get(at % 5 === 0 ? 'item:1' : 'missing')
  const found = await target.probe(deadline(20_000))
  await target.close?.()
  expect(first.status).toBe('up')
  const detail = found.detail as CacheDetail
  const [row] = detail.namespaces
  const fields: Readonly<Record<string, unknown>> = {
    ...found.values,
    counted: detail.counted,
    overdue: row?.overdue,
    bytes: row?.bytes,
    published: (first.detail as CacheDetail).namespaces[0]?.hitRate,
    persistence: detail.persistence,
  }
  return {found, detail, row, missing: ALL.filter(name => fields[name] === undefined)}
}

describe('a cache of 2,000 keys seen by a role', () => {
  beforeEach(() => fill(2000))

  test('that may run everything', async () => {
    const {found, detail, row, missing} = await seen(await roleWithout([]))
    expect(found).toMatchObject({status: 'up', reason: 'answers as master', values: {hitRate: 0.2, keys: 2002}})
    expect(detail.refused).toEqual([])
    expect(row).toMatchObject({keys: 2000, overdue: 2000, hitRate: undefined})
    expect(missing).toEqual([])
  })

  test.each(MATRIX)('without %s: it is up, %s is named, and only %j is not known', async (right, named, lost) => {
    const {found, detail, row, missing} = await seen(await roleWithout([right]))
    expect(found.status).toBe('up')
    // A small cache is counted without a script.
    if (right !== 'eval') {
      expect(found.reason).toBe(`answers as master; this role may not run ${named}`)
      expect(detail.refused).toEqual([named])
    }
    expect(missing).toEqual([...lost])
    // Without SCAN it is an estimate, which is exact here: all keys but two are of one namespace.
    if (right !== 'scan') expect(row?.keys).toBe(2000)
    if (!lost.includes('hitRate')) expect(found.values['hitRate']).toBe(0.2)
  })

  test.each(UNNAMED)('without %s: nothing is missing', async right => {
    const {found, detail, missing} = await seen(await roleWithout([right]))
    expect({reason: found.reason, refused: detail.refused, missing}).toEqual({
      reason: 'answers as master',
      refused: [],
      missing: [],
    })
  })

  test('without any of them: it is up, because it answers', async () => {
    const {found} = await seen(await roleWithout([...MATRIX.map(([right]) => right), ...UNNAMED]))
    expect(found).toMatchObject({status: 'up', version: expect.stringMatching(/^7/), values: {}})
    expect(found.reason).toMatch(/^answers as master; this role may not run DBSIZE, INFO, MEMORY USAGE, PING, SCAN/)
  })

  test('for some keys alone: those are shown, and that others are not is named', async () => {
    await redis.call('ACL', 'SETUSER', 'role', 'reset', 'on', '>pw', '~item:1*', '+@all')
    const {found, row} = await seen(`redis://role:pw@127.0.0.1:${server.port}`)
    expect(found).toMatchObject({status: 'up', reason: expect.stringContaining('MEMORY USAGE of some keys')})
    expect(row?.keys).toBe(2000)
  })
})

describe('cache stats of 12,000 keys by a role', () => {
  beforeAll(() => fill(12_000))
  test.each(['eval', 'randomkey', 'dbsize', 'pexpiretime', 'time'])(
    'without %s counts instead of sampling, and says so',
    async right => {
      const ops = createCacheOps(configAt(await roleWithout([right])), plainTools())
      const table = await ops.namespaces({exact: false})
      expect(table).toMatchObject({counted: {exact: true}, keys: 12_002})
      expect(table.refused.length).toBeGreaterThan(0)
    },
    30_000,
  )
  test('without SCAN samples instead of counting, and says so', async () => {
    const ops = createCacheOps(configAt(await roleWithout(['scan'])), plainTools())
    expect(await ops.namespaces({exact: true})).toMatchObject({counted: {exact: false}, refused: ['SCAN']})
  })
})

test.each(['scan', 'unlink'])('a role without %s removes nothing and says why', async right => {
  await fill(10)
  const ops = createCacheOps(configAt(await roleWithout([right])), plainTools())
  await expect(ops.remove(['item:*'])).rejects.toMatchObject({
    code: 'cache/refused',
    message: expect.stringContaining('NOPERM'),
  })
  expect(await redis.dbsize()).toBe(12)
})

test('a server that loads its data is degraded and says so, for every role, and is not waited for', async () => {
  const loading = await startRedis([
    '--enable-debug-command',
    'local',
    '--loading-process-events-interval-bytes',
    '1024',
  ])
  const client = new Redis(loading.url, {protocol: 2})
  try {
    await client.call('DEBUG', 'POPULATE', '20000', 'key', '50')
    await client.call('ACL', 'SETUSER', 'noinfo', 'on', '>pw', '~*', '+@all', '-info')
    await client.config('SET', 'key-load-delay', '2000')
    // It never ends: the server is stopped before.
    client.call('DEBUG', 'RELOAD').catch(() => undefined)
    const urls = [loading.url, `redis://noinfo:pw@127.0.0.1:${loading.port}`]
    for (const url of urls) {
      const target = open(url)
      await eventually(async () =>
        expect(await target.probe(deadline(5000))).toMatchObject({
          status: 'degraded',
          reason: 'it is loading its data',
        }),
      )
      await target.close?.()
      const probe = openRedisProbe({type: 'redis', url}, probeTools)
      expect(await probe.run(deadline(5000))).toMatchObject({status: 'degraded', reason: 'it is loading its data'})
      await probe.close?.()
    }
  } finally {
    client.disconnect()
    await loading.stop()
  }
}, 60_000)

test.each(MATRIX.filter(([right]) => right === 'ping' || right === 'info'))(
  'a probe by a role without %s is up and says so',
  async right => {
    const probe = openRedisProbe({type: 'redis', url: await roleWithout([right])}, probeTools)
    expect(await probe.run(deadline(5000))).toMatchObject({status: 'up', version: expect.stringMatching(/^7/)})
    await probe.close?.()
  },
)
