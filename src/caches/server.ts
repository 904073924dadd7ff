import type {Redis} from 'ioredis'
import {reasonOf} from '../connections/reason.ts'
import {keepRedis} from '../connections/redis.ts'
import type {SecretRef} from '../config/fields.ts'
import {OpsError} from '../errors.ts'
import type {KeySeen} from './namespace-counts.ts'

/** The few things that are asked of a cache. Each is short for the server, and has the deadline of one probe. */
export interface CacheServer {
  info(): Promise<string>
  /** Keys in the database, expired ones that are not yet gone included. */
  size(): Promise<number>
  /** One step of SCAN. Keys are latin1 text, one character a byte. */
  scan(cursor: string, options: {readonly match?: string; readonly count: number}): Promise<ScanStep>
  /** Time to live and size of at most 50 keys; keys that are gone by now are left out. */
  measure(keys: readonly string[]): Promise<readonly KeySeen[]>
  /** At most 50 random keys with time to live and size. */
  sample(count: number): Promise<readonly KeySeen[]>
  /** Numbers that the application publishes; undefined where there is none. */
  numbers(keys: readonly string[]): Promise<readonly (number | undefined)[]>
  /** How many of these keys existed. */
  unlink(keys: readonly string[]): Promise<number>
  exists(keys: readonly string[]): Promise<number>
  /** Undefined: this role may not read it. */
  slowlogLength(): Promise<number | undefined>
}

export interface ScanStep {
  readonly cursor: string
  readonly keys: readonly string[]
}

/** RANDOMKEY in a script: one call of some 80 µs instead of 150 round trips. A fixed text, so the server compiles it once. */
const SAMPLE = `
local out = {}
for i = 1, tonumber(ARGV[1]) do
  local key = redis.call('RANDOMKEY')
  if not key then break end
  local ttl = redis.call('PTTL', key)
  if ttl ~= -2 then
    out[#out + 1] = key
    out[#out + 1] = ttl
    out[#out + 1] = redis.call('MEMORY', 'USAGE', key) or 0
  end
end
return out`

export function cacheServer(redis: Redis, timeoutMs: number): CacheServer {
  const bounded = <T>(reply: Promise<T>): Promise<T> => withDeadline(reply, timeoutMs)
  return {
    info: () => bounded(redis.info()),
    size: () => bounded(redis.dbsize()),
    async scan(cursor, {match, count}) {
      const [next, keys] = await bounded(
        match === undefined
          ? redis.scanBuffer(cursor, 'COUNT', count)
          : redis.scanBuffer(cursor, 'MATCH', match, 'COUNT', count),
      )
      return {cursor: next.toString('latin1'), keys: keys.map(key => key.toString('latin1'))}
    },
    measure: keys => bounded(measureKeys(redis, keys)),
    async sample(count) {
      const flat = (await bounded(redis.callBuffer('EVAL', SAMPLE, '0', String(count)))) as readonly (Buffer | number)[]
      const seen: KeySeen[] = []
      for (let index = 0; index + 2 < flat.length; index += 3)
        seen.push({
          key: (flat[index] as Buffer).toString('latin1'),
          ttlMs: Number(flat[index + 1]),
          bytes: Number(flat[index + 2]),
        })
      return seen
    },
    async numbers(keys) {
      if (keys.length === 0) return []
      const values = await bounded(redis.mget(...keys))
      return values.map(value => (value !== null && /^\d{1,15}$/.test(value) ? Number(value) : undefined))
    },
    unlink: keys => bounded(redis.unlink(...keys.map(key => Buffer.from(key, 'latin1')))),
    exists: keys => bounded(redis.exists(...keys.map(key => Buffer.from(key, 'latin1')))),
    slowlogLength: () =>
      bounded(redis.slowlog('LEN')).then(
        length => Number(length),
        () => undefined,
      ),
  }
}

async function measureKeys(redis: Redis, keys: readonly string[]): Promise<readonly KeySeen[]> {
  const pipeline = redis.pipeline()
  for (const key of keys) {
    const name = Buffer.from(key, 'latin1')
    pipeline.pttl(name)
    pipeline.memory('USAGE', name)
  }
  const replies = (await pipeline.exec()) ?? []
  return keys.flatMap((key, index): KeySeen[] => {
    const [[ttlError, ttl], [, bytes]] = [replies[index * 2] ?? [null, -2], replies[index * 2 + 1] ?? [null, 0]]
    if (ttlError) throw ttlError
    return Number(ttl) === -2 ? [] : [{key, ttlMs: Number(ttl), bytes: Number(bytes ?? 0)}]
  })
}

/** A server that is stopped, not gone, never answers: every single command has a deadline. */
function withDeadline<T>(reply: Promise<T>, timeoutMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs)
    reply.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}

/** Opens a connection, works with it, closes it. Raises `cache/unreachable` or `cache/refused`, without credentials. */
export async function withCacheServer<T>(
  config: {readonly name: string; readonly url: SecretRef; readonly timeout: number},
  tools: {readonly secret: (ref: SecretRef) => Promise<string>; readonly signal: AbortSignal},
  work: (server: CacheServer) => Promise<T>,
): Promise<T> {
  const url = await tools.secret(config.url)
  const connect = AbortSignal.any([tools.signal, AbortSignal.timeout(config.timeout)])
  const kept = keepRedis(() => Promise.resolve(url))
  try {
    await kept.use(connect, redis => withDeadline(redis.ping(), config.timeout))
    return await kept.use(tools.signal, redis => work(cacheServer(redis, config.timeout)))
  } catch (cause) {
    if (cause instanceof OpsError) throw cause
    if (tools.signal.aborted) throw tools.signal.reason
    const refused = cause instanceof Error && cause.name === 'ReplyError'
    throw new OpsError(
      refused ? 'cache/refused' : 'cache/unreachable',
      `${config.name} at ${kept.address ?? 'its address'} ${refused ? 'refused a command' : 'did not answer'}: ${reasonOf(cause)}`,
      {cause},
    )
  } finally {
    await kept.close()
  }
}
