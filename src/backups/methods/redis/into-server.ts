import type {Redis} from 'ioredis'
import {openNode} from '../../../connections/redis/nodes.ts'
import {parseRedisUrl} from '../../../connections/redis/url.ts'
import {OpsError} from '../../../errors.ts'
import {OWN_KEY} from './count-rdb.ts'

const AT_ONCE = 200

/** A session of the server that a restore fills. */
export async function withTarget<T>(url: string, signal: AbortSignal, work: (redis: Redis) => Promise<T>): Promise<T> {
  const nodes = await openNode(parseRedisUrl(url), signal)
  const [{redis, identity}] = nodes.sessions
  try {
    if (identity.mode === 'cluster' || identity.mode === 'sentinel')
      throw new OpsError('backup/restore', 'a node of a cluster or a Sentinel cannot be filled')
    if (identity.role === 'replica') throw new OpsError('backup/restore', 'it is a replica, which takes no data')
    return await work(redis)
  } finally {
    nodes.close()
  }
}

/** What it holds, for people; our key alone counts for nothing. */
export async function contentOf(redis: Redis): Promise<readonly string[]> {
  const own = await redis.exists(OWN_KEY)
  const libraries = await redis.call('FUNCTION', 'LIST').catch(() => [])
  const functions =
    Array.isArray(libraries) && libraries.length > 0 ? [`${libraries.length} libraries of functions`] : []
  const databases = [...(await redis.info('keyspace')).matchAll(/^(db\d+):keys=(\d+)/gm)].flatMap(
    ([, name = '', keys]) => {
      const count = Number(keys) - (name === 'db0' ? own : 0)
      return count === 0 ? [] : [`${name}: ${count} keys`]
    },
  )
  return [...databases, ...functions]
}

/** Marks an empty server as ours to fill. Raises `backup/restore` when it is not empty. */
export async function claim(redis: Redis, id: string): Promise<void> {
  const content = await contentOf(redis)
  if (content.length > 0)
    throw new OpsError('backup/restore', `the server to be filled is not empty (${content.join(', ')})`, {
      hint: 'Name an empty one in redis.into of the backup. Nothing was removed.',
    })
  await redis.set(OWN_KEY, id)
}

/** Empties it when it is one that we began to fill; never another. */
export async function unclaim(redis: Redis): Promise<void> {
  if ((await redis.exists(OWN_KEY)) === 0) {
    const content = await contentOf(redis)
    if (content.length === 0) return
    throw new OpsError('backup/restore', `the server to be filled is not empty (${content.join(', ')})`, {
      hint: 'It holds what no unfinished restore put there, so nothing was removed.',
    })
  }
  await redis.flushall()
  // Servers before 7 have none.
  await redis.call('FUNCTION', 'FLUSH').catch(() => undefined)
}

/** Every key with its value, type and time to live, by DUMP and RESTORE; then the libraries of functions. */
export async function copyAll(
  from: Redis,
  to: Redis,
  {signal, progress}: {readonly signal: AbortSignal; readonly progress: (done: number) => void},
): Promise<void> {
  let done = 0
  for (const [, number] of (await from.info('keyspace')).matchAll(/^db(\d+):/gm)) {
    await Promise.all([from.select(Number(number)), to.select(Number(number))])
    let cursor = '0'
    do {
      signal.throwIfAborted()
      const [next, keys] = await from.scanBuffer(cursor, 'COUNT', AT_ONCE)
      cursor = next.toString()
      await copyKeys(from, to, keys)
      done += keys.length
      progress(done)
    } while (cursor !== '0')
  }
  await to.select(0)
  const functions = await from.callBuffer('FUNCTION', 'DUMP').catch(() => undefined)
  if (Buffer.isBuffer(functions)) await to.call('FUNCTION', 'RESTORE', functions, 'REPLACE')
}

async function copyKeys(from: Redis, to: Redis, keys: readonly Buffer[]): Promise<void> {
  const reading = from.pipeline()
  for (const key of keys) reading.dumpBuffer(key).call('PEXPIRETIME', key)
  const read = (await reading.exec()) ?? []
  const writing = to.pipeline()
  keys.forEach((key, at) => {
    const [fault, value] = read[2 * at] ?? []
    if (fault) throw fault
    const expires = Number(read[2 * at + 1]?.[1])
    // Gone between the two: its time has passed.
    if (Buffer.isBuffer(value) && expires !== -2)
      writing.call('RESTORE', key, String(Math.max(0, expires)), value, 'REPLACE', 'ABSTTL')
  })
  for (const [fault] of (await writing.exec()) ?? []) if (fault) throw fault
}
