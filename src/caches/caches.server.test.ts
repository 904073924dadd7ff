import {Redis} from 'ioredis'
import {afterAll, beforeAll, beforeEach, describe, expect, test} from 'vitest'
import {plainTools} from '../../test/servers/ops-tools.ts'
import {type RedisServer, startRedis} from '../../test/servers/redis.ts'
import {systemClock} from '../units/clock.ts'
import {cacheSchema} from './config.ts'
import {createCacheOps} from './ops.ts'
import {openNodes} from '../connections/redis/nodes.ts'
import {parseRedisUrl} from '../connections/redis/url.ts'
import {cacheServer} from './open-server.ts'
import {type CacheDetail, cacheTargets, probeCache, type Memory, nothingKnown} from './target.ts'

let server: RedisServer
let redis: Redis
beforeAll(async () => {
  server = await startRedis(['--slowlog-log-slower-than', '-1'])
  redis = new Redis(server.url, {protocol: 2})
})
afterAll(async () => {
  redis.disconnect()
  await server.stop()
})
beforeEach(() => redis.flushall())

const signal = AbortSignal.timeout(120_000)
const configured = () => ({
  ...cacheSchema.parse({
    name: 'main',
    url: server.url,
    namespaces: [
      {pattern: 'resume:list:*', ttl: '2m', hits: 'stats:list:hits', misses: 'stats:list:misses'},
      {pattern: 'resume:*', ttl: '10m'},
      {pattern: 'session:*'},
    ],
    events: {
      RESUME_UPDATED: ['resume:{id}', 'resume:list:{user}:*'],
      ALL_LISTS: ['resume:list:*', 'resume:*'],
    },
  }),
  environment: 'test',
})

/** `count` keys in three namespaces and one that no pattern knows. */
async function fill(count: number): Promise<void> {
  for (let at = 0; at < count; at += 1000) {
    const pipeline = redis.pipeline()
    for (let key = at; key < Math.min(at + 1000, count); key += 1) {
      if (key % 2 === 0) pipeline.set(`resume:list:${key}`, 'x'.repeat(50), 'PX', key % 10 === 0 ? 3_600_000 : 100_000)
      else if (key % 4 === 1) pipeline.set(`resume:${key}`, 'y'.repeat(200), 'PX', 300_000)
      else if (key % 8 === 3) pipeline.set(`session:${key}`, 'z')
      else pipeline.set(`misc:${key}`, 'w')
    }
    await pipeline.exec()
  }
}

describe('counting namespaces', () => {
  test('SCAN in slices counts 20,000 keys exactly, with overdue TTLs and sizes', async () => {
    await fill(20_000)
    const table = await createCacheOps(configured(), plainTools()).namespaces({exact: true})
    expect(table).toMatchObject({keys: 20_000, measured: 20_000, counted: {exact: true, errorBound: 0}})
    expect(table.namespaces.map(row => [row.pattern, row.keys, row.overdue])).toEqual([
      ['resume:list:*', 10_000, 2_000],
      ['resume:*', 5_000, 0],
      ['session:*', 2_500, 0],
      ['(other)', 2_500, 0],
    ])
    const [list, single] = table.namespaces
    expect(list?.ttlSpread?.longestMs).toBeGreaterThan(3_000_000)
    expect(single?.bytes).toBeGreaterThan(5_000 * 200)
    expect(table.namespaces.reduce((sum, row) => sum + (row.bytes ?? 0), 0)).toBeLessThan(20_000 * 500)
  }, 60_000)

  test('a sample is within its error bound and says so', async () => {
    await fill(20_000)
    const table = await createCacheOps(configured(), plainTools()).namespaces({exact: false})
    expect(table.counted).toMatchObject({exact: false, errorBound: 0.98 * Math.sqrt(1 / 10_000 + 0.1 / 20_000)})
    // Three times the 95 % bound: a correct sample misses this once in a hundred million.
    for (const [index, keys] of [10_000, 5_000, 2_500, 2_500].entries())
      expect(Math.abs((table.namespaces[index]?.keys ?? 0) - keys)).toBeLessThan(3 * 0.0098 * 20_000)
  }, 60_000)

  test('a command of a count or a sample takes the server far less than a millisecond on average, and none is KEYS', async () => {
    await fill(20_000)
    await redis.config('RESETSTAT')
    const ops = createCacheOps(configured(), plainTools())
    await ops.namespaces({exact: true})
    await ops.namespaces({exact: false})
    const stats = await redis.info('commandstats')
    const perCall = [...stats.matchAll(/cmdstat_([a-z|]+):calls=\d+,usec=\d+,usec_per_call=([\d.]+)/g)]
    expect(perCall.map(match => match[1])).toEqual(
      expect.arrayContaining(['scan', 'pexpiretime', 'eval', 'memory|usage']),
    )
    for (const [, name, micros] of perCall) expect(Number(micros), name).toBeLessThan(1000)
    expect(stats).not.toContain('cmdstat_keys')
  }, 60_000)

  test('a large cache is sampled at once and counted exactly over several probes', async () => {
    await fill(70_000)
    const nodes = await openNodes(parseRedisUrl(server.url), signal)
    const probe = cacheServer(nodes, 5000)
    let memory: Memory = nothingKnown
    const counted: (boolean | undefined)[] = []
    let last: CacheDetail | undefined
    for (let round = 0; round < 6 && counted.at(-1) !== true; round += 1) {
      const {found, next} = await probeCache(probe, configured(), memory, {clock: systemClock, signal, address: 'a'})
      memory = next
      last = found.detail as CacheDetail
      counted.push(last.counted?.exact)
    }
    expect(counted).toEqual([false, false, true])
    expect(last?.namespaces.map(row => row.keys)).toEqual([35_000, 17_500, 8_750, 8_750])
  }, 60_000)

  test('binary keys and keys with newlines are counted and removed as they are', async () => {
    await redis.set(Buffer.from([0x73, 0x3a, 0xff, 0x00, 0x0a]), '1')
    await redis.set('s:plain', '1')
    const config = {...configured(), events: {GONE: ['s:*']}}
    const ops = createCacheOps(config, plainTools())
    expect(await ops.count(['s:*'])).toMatchObject({total: 2})
    expect(await ops.remove(['s:*'])).toBe(2)
    expect(await redis.dbsize()).toBe(0)
  })
})

describe('probing a cache', () => {
  test('the hit rate is the application’s, since the probe before, untouched by our own reading', async () => {
    await fill(3_000)
    await redis.mset({'stats:list:hits': '30', 'stats:list:misses': '10'})
    const [target] = cacheTargets(
      {caches: [configured()]},
      {clock: systemClock, secret: ref => Promise.resolve(ref as string)},
    )
    const first = await target?.probe(signal)
    expect(first).toMatchObject({status: 'up', reason: 'answers as master', values: {keys: 3_002}})
    const idle = await target?.probe(signal)
    expect(idle?.values['hitRate']).toBeUndefined()
    expect(idle?.values['lookupsPerSecond']).toBe(0)
    for (let key = 0; key < 30; key += 1) await redis.get('resume:list:0')
    for (let key = 0; key < 10; key += 1) await redis.get('not there')
    await redis.mset({'stats:list:hits': '60', 'stats:list:misses': '20'})
    const busy = await target?.probe(signal)
    expect(busy?.values['hitRate']).toBe(0.75)
    expect(busy?.values['lookupsPerSecond']).toBeGreaterThan(0)
    const detail = busy?.detail as CacheDetail
    expect(detail.namespaces[0]).toMatchObject({pattern: 'resume:list:*', keys: 1500, hitRate: 0.75})
    expect(detail).toMatchObject({role: 'master', persistence: 'RDB ok, AOF off', counted: {exact: true}})
    await target?.close?.()
  }, 60_000)

  test('a server that is not there is down, with the reason and without the password', async () => {
    const cache = {...configured(), url: 'redis://user:geheim-wort@127.0.0.1:1/0'}
    const [target] = cacheTargets(
      {caches: [cache]},
      {clock: systemClock, secret: ref => Promise.resolve(ref as string)},
    )
    const found = await target?.probe(signal)
    expect(found).toMatchObject({status: 'down', values: {}})
    expect(found?.reason).toMatch(/refused/)
    const failure = await createCacheOps(cache, plainTools())
      .count(['a*'])
      .catch((error: unknown) => error)
    expect(failure).toMatchObject({code: 'cache/unreachable'})
    expect(JSON.stringify([found, String(failure)])).not.toContain('geheim-wort')
  })

  test('a server that is stopped, not gone, does not hang the probe or an operation', async () => {
    const other = await startRedis()
    const cache = {...configured(), url: other.url, timeout: 2000}
    const [target] = cacheTargets(
      {caches: [cache]},
      {clock: systemClock, secret: ref => Promise.resolve(ref as string)},
    )
    expect(await target?.probe(AbortSignal.timeout(20_000))).toMatchObject({status: 'up'})
    process.kill(other.pid, 'SIGSTOP')
    try {
      expect(await target?.probe(AbortSignal.timeout(20_000))).toMatchObject({status: 'down'})
      await expect(createCacheOps(cache, plainTools()).count(['a*'])).rejects.toMatchObject({code: 'cache/unreachable'})
    } finally {
      process.kill(other.pid, 'SIGCONT')
    }
    await expect
      .poll(async () => (await target?.probe(AbortSignal.timeout(20_000)))?.status, {timeout: 20_000})
      .toBe('up')
    await target?.close?.()
    await other.stop()
  })

  test('a role that may not run scripts still gets an exact count', async () => {
    await fill(8_000)
    await redis.call('ACL', 'SETUSER', 'viewer', 'on', '>viewer-password', '~*', '+@all', '-@scripting', '-slowlog')
    const url = `redis://viewer:viewer-password@127.0.0.1:${server.port}`
    const nodes = await openNodes(parseRedisUrl(url), signal)
    const tools = {clock: systemClock, signal, address: 'a'}
    const {found} = await probeCache(cacheServer(nodes, 5000), configured(), nothingKnown, tools)
    expect(found.detail).toMatchObject({counted: {exact: true}, refused: ['SLOWLOG LEN']})
    expect(found.values?.['slowlogLength']).toBeUndefined()
    await fill(70_000)
    const {found: large} = await probeCache(cacheServer(nodes, 5000), configured(), nothingKnown, tools)
    expect(large).toMatchObject({status: 'up', reason: 'answers as master; this role may not run EVAL, SLOWLOG LEN'})
    expect((large.detail as CacheDetail).counted).toBeUndefined()
    nodes.close()
    const table = await createCacheOps({...configured(), url}, plainTools()).namespaces({exact: false})
    expect(table).toMatchObject({keys: 70_000, counted: {exact: true}, refused: ['EVAL']})
  }, 60_000)
})

describe('invalidation', () => {
  test('removes exactly what was counted and nothing else', async () => {
    await fill(5_000)
    const tools = plainTools()
    const ops = createCacheOps(configured(), tools)
    const patterns = ops.patterns('ALL_LISTS', {})
    const count = await ops.count(patterns)
    // A key that two patterns match is counted once, for the first.
    expect(count.byPattern).toEqual([
      {pattern: 'resume:list:*', keys: 2_500},
      {pattern: 'resume:*', keys: 1_250},
    ])
    expect(await redis.dbsize()).toBe(5_000)
    expect(await ops.remove(patterns)).toBe(count.total)
    expect(await redis.dbsize()).toBe(5_000 - count.total)
    expect(tools.commands).toEqual([
      'main: SCAN 0 MATCH "resume:list:*" COUNT 100; UNLINK what it finds, 100 keys at a time',
      'main: SCAN 0 MATCH "resume:*" COUNT 100; UNLINK what it finds, 100 keys at a time',
    ])
    expect(await ops.count(patterns)).toMatchObject({total: 0})
  })

  test('a star in a value removes the key with the star alone', async () => {
    await redis.mset({'resume:*': '1', 'resume:1': '1', 'resume:list:a*:1': '1', 'resume:list:ab:1': '1'})
    const tools = plainTools()
    const ops = createCacheOps(configured(), tools)
    expect(await ops.remove(ops.patterns('RESUME_UPDATED', {id: '*', user: 'a*'}))).toBe(2)
    expect((await redis.keys('*')).sort()).toEqual(['resume:1', 'resume:list:ab:1'])
    expect(tools.commands[0]).toBe('main: UNLINK "resume:*"')
  })

  test('a dry run removes nothing; an unknown event is named with those there are', async () => {
    await redis.set('resume:list:1', '1')
    const tools = plainTools({dryRun: true})
    const ops = createCacheOps(configured(), tools)
    expect(await ops.remove(ops.patterns('ALL_LISTS', {}))).toBe(0)
    expect(tools.commands).toHaveLength(2)
    expect(await redis.dbsize()).toBe(1)
    expect(() => ops.patterns('NOPE', {})).toThrow(/no event "NOPE"/)
    expect(() => ops.patterns('ALL_LISTS', {nobody: '1'})).toThrow(/no placeholder \{nobody\}/)
    // One call fits all events: a value that another one takes is no mistake.
    expect(ops.patterns('ALL_LISTS', {id: '1', user: '2'})).toEqual(['resume:list:*', 'resume:*'])
    expect(() => ops.patterns('constructor', {})).toThrow(/no event/)
  })
})
