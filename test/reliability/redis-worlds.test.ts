import {Redis} from 'ioredis'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {cacheSchema} from '../../src/caches/config.ts'
import {createCacheOps} from '../../src/caches/ops.ts'
import {type CacheDetail, cacheTargets} from '../../src/caches/target.ts'
import {systemClock} from '../../src/units/clock.ts'
import {deadline, eventually} from '../probe-tools.ts'
import {randomFrom} from '../program/random.ts'
import {plainTools} from '../servers/ops-tools.ts'
import {type RedisServer, startRedis, startSentinel} from '../servers/redis.ts'
import {type RedisCluster, startRedisCluster} from '../servers/redis-cluster.ts'
import {countOf, isFull, seedOr} from './sample.ts'

// W3: whatever a server is and whatever it does not answer, what is shown is true or absent, and what is changed is what
// was asked for, or nothing.

const [ITEMS, OTHERS, HITS, MISSES] = [120, 30, 3, 1]
const TOTAL = ITEMS + OTHERS + 2
const DATABASE = 3
/** What our code sends, to a server or one of its nodes. */
const SENT =
  'auth client cluster dbsize eval evalsha exists hello info memory pexpiretime ping pttl randomkey scan select slowlog substr time unlink'.split(
    ' ',
  )

interface World {
  readonly title: string
  readonly url: string
  /** Where its keys are; each with every database. */
  readonly stores: readonly Redis[]
  readonly takesChanges: boolean
  readonly stop?: () => Promise<void>
}

const stops: (() => Promise<unknown>)[] = []
const own = <T extends {stop(): Promise<unknown>}>(server: T): T => {
  stops.push(() => server.stop())
  return server
}
const connect = (url: string): Redis => {
  const redis = new Redis(url, {protocol: 2})
  stops.unshift(async () => redis.disconnect())
  return redis
}
let alone: RedisServer
let replica: RedisServer
let sentinel: RedisServer
let cluster: RedisCluster
let admins: {readonly alone: Redis; readonly replica: Redis; readonly nodes: readonly Redis[]}
let commands: readonly string[]

beforeAll(async () => {
  alone = own(await startRedis())
  const master = own(await startRedis(['--repl-diskless-sync-delay', '0']))
  await fill([connect(master.url)])
  replica = own(await startRedis(['--replicaof', '127.0.0.1', String(master.port), '--replica-read-only', 'no']))
  sentinel = own(await startSentinel(alone))
  cluster = own(await startRedisCluster())
  admins = {alone: connect(alone.url), replica: connect(replica.url), nodes: cluster.nodes.map(({url}) => connect(url))}
  await eventually(async () => expect(await admins.replica.info('keyspace')).toContain(`db${DATABASE}:keys=${TOTAL}`))
  const listed = (await admins.alone.call('COMMAND', 'LIST')) as readonly string[]
  commands = listed.filter(name => !name.includes('|')).toSorted()
  for (const redis of [admins.alone, admins.replica, ...admins.nodes])
    for (const name of commands)
      await redis.call('ACL', 'SETUSER', `no-${name}`, 'on', '>pw', '~*', '+@all', `-${name}`)
}, 120_000)
afterAll(async () => {
  for (const stop of stops) await stop()
})

const keysWanted = (): readonly string[] => [
  ...Array.from({length: ITEMS}, (_, index) => `item:${index}`),
  ...Array.from({length: OTHERS}, (_, index) => `other:${index}`),
]

/** Keys in the database that is asked for, and decoys of the same names in database 0, which nobody asks for. */
async function fill(stores: readonly Redis[]): Promise<void> {
  const isCluster = stores.length > 1
  for (const redis of stores) await redis.flushall()
  for (const redis of stores) {
    const pipeline = redis.pipeline()
    for (const key of keysWanted()) pipeline.set(key, 'x', 'PX', 7_200_000)
    pipeline.set('stats:hits', HITS).set('stats:misses', MISSES)
    // A node of a cluster takes what is its own.
    await pipeline.exec()
    if (isCluster) continue
    await redis.swapdb(0, DATABASE)
    for (let index = 0; index < 20; index += 1) await redis.set(`item:${index}`, 'decoy')
  }
}

/** Everything that is there, by database. */
async function dump(stores: readonly Redis[]): Promise<{readonly asked: readonly string[]; readonly decoys: number}> {
  if (stores.length > 1)
    return {asked: (await Promise.all(stores.map(redis => redis.keys('*')))).flat().toSorted(), decoys: 20}
  const [redis] = stores as readonly [Redis]
  const decoys = (await redis.keys('*')).length
  await redis.swapdb(0, DATABASE)
  const asked = (await redis.keys('*')).toSorted()
  await redis.swapdb(0, DATABASE)
  return {asked, decoys}
}

const cacheAt = (url: string) => ({
  ...cacheSchema.parse({
    name: 'main',
    url,
    namespaces: [{pattern: 'item:*', ttl: '1h', hits: 'stats:hits', misses: 'stats:misses'}],
    events: {GONE: ['item:1*']},
  }),
  environment: 'test',
})

/** One way in which something is not as usual, and how to get there. */
type Trial = readonly [title: string, open: () => Promise<World>]

const as = (name: string, port: number, path = ''): string => `no-${name}:pw@127.0.0.1:${port}${path}`

const trials = (): readonly Trial[] => [
  ...commands.map(
    (name): Trial => [
      `stand-alone, without the right to ${name}`,
      async () => ({
        title: name,
        url: `redis://${as(name, alone.port, `/${DATABASE}`)}`,
        stores: [admins.alone],
        takesChanges: true,
      }),
    ],
  ),
  ...SENT.flatMap((name): readonly Trial[] => [
    [
      `a replica, without the right to ${name}`,
      async () => ({
        title: name,
        url: `redis://${as(name, replica.port, `/${DATABASE}`)}`,
        stores: [admins.replica],
        takesChanges: false,
      }),
    ],
    [
      `through a Sentinel, without the right to ${name}`,
      async () => ({
        title: name,
        url: `redis+sentinel://${as(name, sentinel.port, `/main/${DATABASE}`)}`,
        stores: [admins.alone],
        takesChanges: true,
      }),
    ],
    [
      `a cluster, without the right to ${name}`,
      async () => ({
        title: name,
        url: `redis://${as(name, cluster.nodes[0]?.port ?? 0)}`,
        stores: admins.nodes,
        takesChanges: true,
      }),
    ],
    [
      `a server that does not know ${name}`,
      async () => {
        const server = await startRedis([], {config: `save ""\nrename-command ${name} ""\n`})
        const redis = new Redis(server.url, {protocol: 2, disableClientInfo: true, enableReadyCheck: false})
        return {
          title: name,
          url: `redis://127.0.0.1:${server.port}/${DATABASE}`,
          stores: [redis],
          takesChanges: true,
          stop: async () => {
            redis.disconnect()
            await server.stop()
          },
        }
      },
    ],
  ]),
]

/** What is shown and not so. */
async function untruths({url, takesChanges}: World): Promise<readonly string[]> {
  const [target] = cacheTargets(
    {caches: [cacheAt(url)]},
    {clock: systemClock, secret: ref => Promise.resolve(ref as string)},
  )
  const found = await target!.probe(deadline(20_000))
  await target!.close?.()
  const wrong: string[] = []
  const trueOrAbsent = (what: string, shown: number | undefined, truth: number): void => {
    if (shown !== undefined && shown !== truth) wrong.push(`${what} is ${shown}, not ${truth}`)
  }
  trueOrAbsent('keys', found.values['keys'], TOTAL)
  if (found.values['hitRate'] !== undefined)
    wrong.push(`a hit rate of ${found.values['hitRate']} where nobody looks up`)
  if ((found.values['usedBytes'] ?? 1) <= 0) wrong.push('it uses no memory')
  if (found.reason === '') wrong.push('no reason')
  const detail = found.detail as CacheDetail | undefined
  if (detail === undefined && found.status === 'up') wrong.push('up, and nothing is known of it')
  if (
    detail?.role !== undefined &&
    !detail.role.includes(takesChanges ? 'master' : 'replica') &&
    detail.role !== 'unknown'
  )
    wrong.push(`its role is ${detail.role}`)
  const row = detail?.namespaces[0]
  // A sample is within its bound 95 of 100 times, so within twice of it always.
  const bound = 2 * (detail?.counted?.errorBound ?? 0) * TOTAL
  for (const [what, shown] of [
    ['keys', row?.keys],
    ['overdue', row?.overdue],
  ] as const)
    if (shown !== undefined && Math.abs(shown - ITEMS) > bound) wrong.push(`${what} ${shown} ± ${bound}, not ${ITEMS}`)
  trueOrAbsent('the published hit rate', row?.hitRate, HITS / (HITS + MISSES))
  return wrong
}

/** What an invalidation did and was not asked for, or said and did not do. */
async function misdeeds(world: World): Promise<readonly string[]> {
  const before = await dump(world.stores)
  const matching = before.asked.filter(key => key.startsWith('item:1'))
  const said = await createCacheOps(cacheAt(world.url), plainTools())
    .remove(['item:1*'])
    .catch((error: unknown) => error as Error)
  const after = await dump(world.stores)
  const gone = before.asked.filter(key => !after.asked.includes(key))
  const wanted = typeof said === 'number' ? matching : []
  const told = typeof said === 'number' ? `said ${said} were removed` : `refused (${said.message})`
  return [
    ...(gone.join(' ') === wanted.join(' ') ? [] : [`${told}, and ${gone.length} of ${matching.length} are gone`]),
    ...(typeof said !== 'number' || said === matching.length ? [] : [told]),
    ...(after.decoys === before.decoys ? [] : ['keys of another database are gone']),
    ...(typeof said === 'number' && !world.takesChanges ? ['a replica was changed'] : []),
  ]
}

const SEED = seedOr(20_261_126)

test(`W3: ${isFull('W3') ? 'every' : countOf('W3')} of the ways in which a Redis is not as usual, seed ${SEED}: shown true or not at all, changed as asked or not at all`, async () => {
  const random = randomFrom(SEED)
  const all = trials()
  const chosen = isFull('W3')
    ? all
    : all
        .map(trial => [random(), trial] as const)
        .toSorted(([a], [b]) => a - b)
        .slice(0, countOf('W3'))
        .map(([, trial]) => trial)
  const wrong: string[] = []
  for (const [title, open] of chosen) {
    const world = await open()
    try {
      if (world.takesChanges) await fill(world.stores)
      for (const one of [...(await untruths(world)), ...(await misdeeds(world))]) wrong.push(`${title}: ${one}`)
    } finally {
      await world.stop?.()
    }
  }
  expect(wrong).toEqual([])
  expect(chosen.length).toBeGreaterThanOrEqual(isFull('W3') ? 240 + 4 * SENT.length : countOf('W3'))
}, 1_800_000)
