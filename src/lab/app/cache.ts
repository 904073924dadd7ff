import {Redis} from 'ioredis'
import type {Log} from './log.ts'

/** Cache-aside over Redis. Never throws and never holds a request up for long: without Redis it just misses. */
export interface Cache {
  /** The cached value, or what `load` brings, which is then kept for `ttlSeconds`. `namespace` counts hits. */
  through<T>(namespace: string, key: string, ttlSeconds: number, load: () => Promise<T>): Promise<T>
  /** Keeps the visitor's session, and what is in the basket: the basket has no TTL, as in many a real shop. */
  visit(session: string): void
  basket(session: string, product: number): void
  forget(keys: readonly string[]): void
  ping(): Promise<void>
  close(): void
}

const COMMAND_TIMEOUT_MS = 250
const SESSION_SECONDS = 1800
/** After a failure Redis is left alone for that long, so that a hung server costs one request, not each. */
const REST_MS = 1000
const FLUSH_MS = 1000

export function openCache(url: string, log: Log): Cache {
  const redis = new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: COMMAND_TIMEOUT_MS,
    connectTimeout: 1000,
    retryStrategy: times => Math.min(100 * times, 1000),
  })
  let connected = true
  let restUntil = 0
  const counters = new Map<string, number>()
  redis.on('error', error => {
    if (connected) log('warn', 'redis is away, serving without it', {reason: error.message})
    connected = false
  })
  redis.on('ready', () => {
    if (!connected) log('info', 'redis is back')
    connected = true
  })
  const failed = (error: unknown): undefined => {
    restUntil = Date.now() + REST_MS
    log('warn', 'redis command failed', {reason: error instanceof Error ? error.message : String(error)})
  }
  const usable = (): boolean => redis.status === 'ready' && Date.now() >= restUntil
  const count = (name: string): void => {
    counters.set(name, (counters.get(name) ?? 0) + 1)
  }
  const flush = setInterval(() => {
    if (!usable() || counters.size === 0) return
    const pipeline = redis.pipeline()
    for (const [name, value] of counters) pipeline.incrby(`stats:${name}`, value)
    counters.clear()
    pipeline.exec().catch(failed)
  }, FLUSH_MS)

  return {
    through: async (namespace, key, ttlSeconds, load) => {
      const found = usable() ? await redis.get(key).catch(failed) : undefined
      if (typeof found === 'string') {
        count(`${namespace}:hits`)
        return JSON.parse(found) as Awaited<ReturnType<typeof load>>
      }
      count(`${namespace}:misses`)
      const value = await load()
      if (usable()) redis.set(key, JSON.stringify(value), 'EX', ttlSeconds).catch(failed)
      return value
    },
    visit: session => {
      if (usable())
        redis.set(`session:${session}`, JSON.stringify({seen: Date.now()}), 'EX', SESSION_SECONDS).catch(failed)
    },
    basket: (session, product) => {
      if (usable()) redis.set(`basket:${session}`, JSON.stringify({last: product})).catch(failed)
    },
    forget: keys => {
      if (usable()) redis.unlink(...keys).catch(failed)
    },
    ping: async () => {
      await redis.ping()
    },
    close: () => {
      clearInterval(flush)
      redis.disconnect()
    },
  }
}
