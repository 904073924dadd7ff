import {Redis} from 'ioredis'
import {afterAll, beforeAll, beforeEach, expect, test} from 'vitest'
import {plainTools} from '../../test/servers/ops-tools.ts'
import {type RedisCluster, startRedisCluster} from '../../test/servers/redis-cluster.ts'
import {eventually} from '../../test/probe-tools.ts'
import {keySlot} from '../connections/redis/cluster-slots.ts'
import {systemClock} from '../units/clock.ts'
import {cacheSchema} from './config.ts'
import {createCacheOps} from './ops.ts'
import {cacheTargets} from './target.ts'

// K3: one node of a cluster is never taken for the whole.

let cluster: RedisCluster
let nodes: Redis[] = []
beforeAll(async () => {
  cluster = await startRedisCluster()
  nodes = cluster.nodes.map(({url}) => new Redis(url, {protocol: 2}))
}, 60_000)
afterAll(async () => {
  for (const node of nodes) node.disconnect()
  await cluster.stop()
})
beforeEach(() => Promise.all(nodes.map(node => node.flushall())))

const cacheAt = (url: string) => ({
  ...cacheSchema.parse({
    name: 'main',
    url,
    namespaces: [{pattern: 'user:*', ttl: '1h', hits: 'stats:hits', misses: 'stats:misses'}, {pattern: 'session:*'}],
    events: {USER_CHANGED: ['user:{id}:*'], ONE: ['user:{id}:cart']},
  }),
  environment: 'test',
})
const targetAt = (url: string) => {
  const [target] = cacheTargets(
    {caches: [cacheAt(url)]},
    {clock: systemClock, secret: ref => Promise.resolve(ref as string)},
  )
  if (target === undefined) throw new Error('no target')
  return target
}

/** Each key is written where it belongs. */
async function set(key: string, value = 'x'): Promise<void> {
  for (const node of nodes) {
    const done = await node.set(key, value).catch(() => undefined)
    if (done === 'OK') return
  }
  throw new Error(`no node takes ${key}`)
}
const sizes = async (): Promise<number[]> => Promise.all(nodes.map(node => node.dbsize()))
const total = async (): Promise<number> => (await sizes()).reduce((sum, one) => sum + one, 0)

test('the whole cluster is shown: keys, measurements and namespaces of every master', async () => {
  for (let id = 0; id < 90; id += 1) await set(`user:${id}:cart`)
  for (let id = 0; id < 30; id += 1) await set(`session:${id}`)
  await set('stats:hits', '30')
  await set('stats:misses', '10')
  expect((await sizes()).every(size => size > 0 && size < 122)).toBe(true)
  const target = targetAt(cluster.url)
  const first = await target.probe(AbortSignal.timeout(20_000))
  expect(first).toMatchObject({
    status: 'up',
    reason: 'answers as 3 masters of a cluster',
    values: {keys: 122},
    detail: {role: '3 masters of a cluster', counted: {exact: true}},
  })
  expect(first.detail).toMatchObject({
    namespaces: [
      {pattern: 'user:*', keys: 90, overdue: 90, hitRate: 0.75},
      {pattern: 'session:*', keys: 30, overdue: 0},
      {pattern: '(other)', keys: 2},
    ],
  })
  const one = await nodes[0]?.info('memory')
  expect(first.values['usedBytes']).toBeGreaterThan(2 * Number(/used_memory:(\d+)/.exec(one ?? '')?.[1]))
  for (let id = 0; id < 20; id += 1) for (const node of nodes) await node.get(`user:${id}:cart`).catch(() => undefined)
  for (let id = 0; id < 80; id += 1) for (const node of nodes) await node.get(`nobody:${id}`).catch(() => undefined)
  expect((await target.probe(AbortSignal.timeout(20_000))).values['hitRate']).toBe(0.2)
  await target.close?.()
}, 60_000)

test('keys are removed on every master, those of several slots too, and nothing else', async () => {
  for (let id = 0; id < 300; id += 1) await set(`user:7:${id}`)
  for (let id = 0; id < 30; id += 1) await set(`user:8:${id}`)
  const ops = createCacheOps(cacheAt(cluster.url), plainTools())
  expect(await ops.count(['user:7:*'])).toMatchObject({total: 300})
  expect(await ops.remove(['user:7:*'])).toBe(300)
  expect(await total()).toBe(30)
  expect(await ops.count(['user:7:*'])).toMatchObject({total: 0})
}, 60_000)

test('a single key is found on whichever master has it', async () => {
  for (let id = 0; id < 12; id += 1) await set(`user:${id}:cart`)
  const ops = createCacheOps(cacheAt(cluster.nodes[1]?.url ?? ''), plainTools())
  for (let id = 0; id < 12; id += 1) {
    expect(await ops.count([`user:${id}:cart`])).toMatchObject({total: 1})
    expect(await ops.remove([`user:${id}:cart`])).toBe(1)
  }
  expect(await total()).toBe(0)
}, 60_000)

test('while a slot migrates, its keys are followed to both masters', async () => {
  for (let id = 0; id < 20; id += 1) await set(`{moving}:${id}`)
  const slot = keySlot('moving')
  const ids = await Promise.all(nodes.map(node => node.call('CLUSTER', 'MYID').then(String)))
  const owners = await sizes()
  const [from, to] = [owners.findIndex(size => size === 20), owners.findIndex(size => size === 0)]
  await nodes[to]?.call('CLUSTER', 'SETSLOT', String(slot), 'IMPORTING', ids[from] ?? '')
  await nodes[from]?.call('CLUSTER', 'SETSLOT', String(slot), 'MIGRATING', ids[to] ?? '')
  const keys = Array.from({length: 10}, (_, id) => `{moving}:${id}`)
  const port = cluster.nodes[to]?.port ?? 0
  await nodes[from]?.call('MIGRATE', '127.0.0.1', String(port), '', '0', '5000', 'KEYS', ...keys)
  const ops = createCacheOps(cacheAt(cluster.url), plainTools())
  expect(await ops.count(['{moving}:*'])).toMatchObject({total: 20})
  expect(await ops.remove(['{moving}:*'])).toBe(20)
  expect(await total()).toBe(0)
  for (const index of [from, to]) await nodes[index]?.call('CLUSTER', 'SETSLOT', String(slot), 'STABLE')
}, 60_000)

test('a database other than 0, which a cluster has not, is refused', async () => {
  await set('user:1:cart')
  await expect(createCacheOps(cacheAt(`${cluster.url}/1`), plainTools()).remove(['user:*'])).rejects.toMatchObject({
    code: 'cache/refused',
    message: expect.stringContaining('database 1 cannot be selected: ERR SELECT is not allowed in cluster mode'),
  })
  expect(await total()).toBe(1)
})

test('a role that may not find the other nodes sees that it is one, and removes nothing', async () => {
  await set('user:1:cart')
  for (const node of nodes) await node.call('ACL', 'SETUSER', 'alone', 'on', '>pw', '~*', '+@all', '-cluster')
  const url = `redis://alone:pw@127.0.0.1:${cluster.nodes[0]?.port}`
  const target = targetAt(url)
  expect(await target.probe(AbortSignal.timeout(20_000))).toMatchObject({
    status: 'degraded',
    reason: expect.stringContaining('it is one node of a cluster'),
    values: {},
  })
  await expect(createCacheOps(cacheAt(url), plainTools()).remove(['user:*'])).rejects.toMatchObject({
    code: 'cache/refused',
  })
  expect(await total()).toBe(1)
})

test('with one master stopped it is degraded, shows no part as the whole, and nothing is removed', async () => {
  for (let id = 0; id < 30; id += 1) await set(`user:${id}:cart`)
  const before = await total()
  const stopped = cluster.nodes[2]
  process.kill(stopped?.pid ?? 0, 'SIGSTOP')
  try {
    const target = targetAt(cluster.url)
    const found = await target.probe(AbortSignal.timeout(1500))
    expect(found).toMatchObject({values: {}})
    expect(found.status).not.toBe('up')
    const ops = createCacheOps({...cacheAt(cluster.url), timeout: 1000}, plainTools())
    await expect(ops.remove(['user:*'])).rejects.toThrow(/main at redis:/)
  } finally {
    process.kill(stopped?.pid ?? 0, 'SIGCONT')
  }
  await eventually(async () => expect(await cluster.cli('cluster', 'info')).toContain('cluster_state:ok'))
  expect(await total()).toBe(before)
}, 60_000)
