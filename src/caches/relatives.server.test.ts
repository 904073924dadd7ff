import {expect, onTestFinished, test} from 'vitest'
import {RELATIVES} from '../../test/foreign/redis-relatives.ts'
import {deadline} from '../../test/probe-tools.ts'
import {plainTools} from '../../test/servers/ops-tools.ts'
import {playRedis} from '../../test/servers/played-redis.ts'
import {systemClock} from '../units/clock.ts'
import {cacheSchema} from './config.ts'
import {createCacheOps} from './ops.ts'
import {type CacheDetail, cacheTargets} from './target.ts'

// W3, not run: these servers are not here. What they say of themselves, and the commands that they know, are theirs; a
// server of ours answers so. What is shown is true or absent; what is removed is what was asked for.

test.each([
  ['valkey', {version: '8.1.3', role: 'master', hitRate: 0.2, overdue: 6}],
  ['keydb', {version: '6.3.0', role: 'master, 1 replica', hitRate: 27_255 / 27_303, overdue: 6}],
  // What it counts as a hit is not known, nor its role, which the published answer leaves out.
  ['dragonfly', {version: 'df-v1.31.0', role: 'unknown', hitRate: undefined, overdue: 6}],
] as const)('%s is shown as what it says, and what it counts is taken for what it is', async (name, shown) => {
  const server = await playRedis(RELATIVES[name])
  onTestFinished(() => server.stop())
  for (let key = 0; key < 6; key += 1) server.keys.set(`item:${key}`, 'x')
  server.keys.set('stats:hits', '3').set('stats:misses', '1')
  const config = {
    ...cacheSchema.parse({
      name: 'main',
      url: server.url,
      namespaces: [{pattern: 'item:*', ttl: '1h', hits: 'stats:hits', misses: 'stats:misses'}],
      events: {GONE: ['item:1', 'item:[23]', 'nothing:*']},
    }),
    environment: 'test',
  }
  const [target] = cacheTargets({caches: [config]}, {clock: systemClock, secret: ref => Promise.resolve(ref as string)})
  onTestFinished(async () => target?.close?.())
  const first = await target?.probe(deadline(20_000))
  const detail = first?.detail as CacheDetail
  expect({
    state: first?.status,
    version: first?.version,
    role: detail.role,
    hitRate: first?.values['hitRate'],
    overdue: detail.namespaces[0]?.overdue,
  }).toEqual({state: 'up', ...shown})
  expect(detail.namespaces[0]).toMatchObject({keys: 6, hitRate: 0.75})
  // Its counters stand still: nobody works with it, or it is not known whether somebody does.
  const second = await target?.probe(deadline(20_000))
  expect([second?.values['opsPerSecond'], second?.values['hitRate']]).toEqual(
    name === 'dragonfly' ? [undefined, undefined] : [0, undefined],
  )
  const ops = createCacheOps(config, plainTools())
  const patterns = ops.patterns('GONE', {})
  expect((await ops.count(patterns)).total).toBe(3)
  expect(await ops.remove(patterns)).toBe(3)
  expect([...server.keys.keys()]).toEqual(['item:0', 'item:4', 'item:5', 'stats:hits', 'stats:misses'])
  expect([...server.unknown]).toEqual([])
})

test('without what it knows, less is shown, and nothing else', async () => {
  const {commands, ...more} = RELATIVES.dragonfly
  const server = await playRedis({
    ...more,
    commands: commands.filter(([name]) => !/^(?:INFO|PEXPIRETIME|MEMORY|DBSIZE)$/.test(name)),
  })
  onTestFinished(() => server.stop())
  server.keys.set('item:1', 'x')
  const config = {...cacheSchema.parse({name: 'main', url: server.url}), environment: 'test'}
  const [target] = cacheTargets({caches: [config]}, {clock: systemClock, secret: ref => Promise.resolve(ref as string)})
  onTestFinished(async () => target?.close?.())
  const found = await target?.probe(deadline(20_000))
  expect(found).toMatchObject({status: 'up', version: 'df-v1.31.0', values: {slowlogLength: 0}})
  expect(found?.reason).toContain('this role may not run DBSIZE, INFO')
  expect(Object.keys(found?.values ?? {}).toSorted()).toEqual(['latencyMs', 'slowlogLength'].slice(1))
})
