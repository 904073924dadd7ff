import type {Redis} from 'ioredis'
import {isRefused, isReply, busyReason} from '../connections/redis/refusal.ts'
import type {RedisSession} from '../connections/redis/session.ts'
import {type Info, parseInfo} from '../connections/redis-info.ts'
import {withDeadline} from './deadline.ts'
import {hasKey, measureKeys, type NodeTools, readNumbers} from './node-reads.ts'
import {knowsExpiry} from './own-work.ts'
import {SAMPLE_BY_EXPIRY, SAMPLE_BY_TTL} from './sample-script.ts'
import type {CacheServer} from './server.ts'
import type {KeySeen} from './namespace-counts.ts'

/** One Redis server. */
export function nodeServer(
  {redis, identity}: Pick<RedisSession, 'redis' | 'identity'>,
  timeoutMs: number,
): CacheServer {
  const bounded = <T>(reply: Promise<T>): Promise<T> => withDeadline(reply, timeoutMs)
  const refused = new Set<string>()
  const tools: NodeTools = {redis, byExpiry: knowsExpiry(identity.speaks), refused}
  const ask = <T>(command: string, reply: () => Promise<T>): Promise<T | undefined> =>
    askIfAllowed(refused, command, () => bounded(reply()))
  return {
    identity,
    layout: '',
    refused,
    ping: async () => void (await ask('PING', () => redis.ping())),
    infos: async () => {
      const info = await ask('INFO', () => readInfo(redis))
      return info === undefined ? [] : [info]
    },
    size: () => ask('DBSIZE', () => redis.dbsize()),
    async scan(cursor, {match, count}) {
      const scanning =
        match === undefined
          ? redis.scanBuffer(cursor, 'COUNT', count)
          : redis.scanBuffer(cursor, 'MATCH', match, 'COUNT', count)
      const [next, keys] = await bounded(scanning).catch((error: unknown) => {
        if (isRefused(error)) refused.add('SCAN')
        throw error
      })
      return {cursor: next.toString('latin1'), keys: keys.map(key => key.toString('latin1'))}
    },
    measure: keys => bounded(measureKeys(tools, keys)),
    sample: count => sampleKeys(tools, count, bounded),
    numbers: keys => bounded(readNumbers(tools, keys)),
    unlink: keys => bounded(redis.unlink(...keys.map(key => Buffer.from(key, 'latin1')))),
    has: key => bounded(hasKey(tools, key)),
    slowlogLength: async () => {
      const length = await ask('SLOWLOG LEN', () => redis.slowlog('LEN'))
      return length === undefined ? undefined : Number(length)
    },
    checkUnmoved: () => Promise.resolve(),
  }
}

/** Undefined: this role may not, or the server does not know the command. */
export async function askIfAllowed<T>(
  refused: Set<string>,
  command: string,
  reply: () => Promise<T>,
): Promise<T | undefined> {
  if (refused.has(command)) return undefined
  try {
    return await reply()
  } catch (error) {
    if (!isRefused(error)) throw error
    refused.add(command)
    return undefined
  }
}

/** INFO and the statistics of commands, of one moment. */
async function readInfo(redis: Redis): Promise<Info> {
  const [general, commands] = await Promise.all([redis.info(), redis.info('commandstats').catch(ignoreRefused)])
  return parseInfo(`${general}\n${commands}`)
}

function ignoreRefused(error: unknown): string {
  if (!isReply(error)) throw error
  return ''
}

/** Undefined: this role may not run scripts, or not all that the script does. */
async function sampleKeys(
  {redis, byExpiry, refused}: NodeTools,
  count: number,
  bounded: <T>(reply: Promise<T>) => Promise<T>,
): Promise<readonly KeySeen[] | undefined> {
  if (refused.has('EVAL')) return undefined
  let flat: readonly (Buffer | number)[]
  try {
    const script = byExpiry ? SAMPLE_BY_EXPIRY : SAMPLE_BY_TTL
    flat = (await bounded(redis.callBuffer('EVAL', script, '0', String(count)))) as readonly (Buffer | number)[]
  } catch (error) {
    if (!isReply(error) || busyReason(error) !== undefined) throw error
    refused.add('EVAL')
    return undefined
  }
  const seen: KeySeen[] = []
  for (let index = 0; index + 2 < flat.length; index += 3)
    seen.push({
      key: (flat[index] as Buffer).toString('latin1'),
      ttlMs: Number(flat[index + 1]),
      bytes: Number(flat[index + 2]),
    })
  return seen
}
