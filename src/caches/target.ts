import {addressOfRef} from '../connections/address.ts'
import {attemptProbe} from '../connections/attempt.ts'
import type {Found} from '../connections/attempt.ts'
import {keepRedis} from '../connections/redis.ts'
import {type Info, parseInfo, versionIn} from '../connections/redis-info.ts'
import type {Target} from '../monitors/sample.ts'
import type {ResolveSecret} from '../config/fields.ts'
import type {Clock} from '../units/clock.ts'
import type {CacheConfig} from './config.ts'
import {type CacheCounters, countersIn, figuresIn, healthIn, persistenceIn, ratesSince, roleIn} from './info.ts'
import {bestCount, countOn, type LiveCount, nothingCounted} from './live-count.ts'
import type {CacheRow} from './rows.ts'
import {type CacheServer, cacheServer} from './server.ts'
import {namespaceRows} from './namespace-counts.ts'

export type PlacedCache = CacheConfig & {readonly environment: string}

export interface CacheTools {
  readonly clock: Clock
  readonly secret: ResolveSecret
}

/** What a sample of a cache carries for its row beside the measurements. */
export type CacheDetail = Pick<CacheRow, 'address' | 'role' | 'persistence' | 'namespaces' | 'counted'>

/** One target for each configured cache; each keeps one connection between probes. */
export function cacheTargets(config: {readonly caches: readonly PlacedCache[]}, tools: CacheTools): readonly Target[] {
  return config.caches.map(cache => cacheTarget(cache, tools))
}

function cacheTarget(cache: PlacedCache, {clock, secret}: CacheTools): Target {
  const kept = keepRedis(() => secret(cache.url))
  let memory: Memory = {counters: undefined, published: [], count: nothingCounted}
  return {
    id: `cache/${cache.environment}/${cache.name}`,
    kind: 'cache',
    environment: cache.environment,
    name: cache.name,
    intervalMs: cache.interval,
    timeoutMs: cache.timeout,
    probe: signal =>
      attemptProbe(clock, signal, () =>
        kept.use(signal, async redis => {
          const address = kept.address ?? addressOfRef(cache.url)
          const {found, next} = await probeCache(cacheServer(redis, cache.timeout), cache, memory, {
            clock,
            signal,
            address,
          })
          memory = next
          return found
        }),
      ),
    close: () => kept.close(),
  }
}

/** What one probe leaves for the next. */
export interface Memory {
  /** Read at the end of the probe before. */
  readonly counters: CacheCounters | undefined
  /** The application's own counters of hits and misses, two for each namespace. */
  readonly published: readonly (number | undefined)[]
  readonly count: LiveCount
}

/** One probe of one cache. */
export async function probeCache(
  server: CacheServer,
  cache: CacheConfig,
  memory: Memory,
  tools: {readonly clock: Clock; readonly signal: AbortSignal; readonly address: string},
): Promise<{readonly found: Found; readonly next: Memory}> {
  const {clock} = tools
  const begin = clock.monotonic()
  const info = parseInfo(await server.info())
  const latencyMs = clock.monotonic() - begin
  const rates = ratesSince(memory.counters, countersIn(info, begin))
  const published = await server.numbers(counterKeys(cache))
  const slowlogLength = await server.slowlogLength()
  const keys = await server.size()
  const isLoading = info.get('loading') === '1'
  const count = isLoading ? memory.count : await countOn(server, cache.namespaces, memory.count, tools)
  const best = bestCount(count)
  const hitRates = hitRatesOf(cache, memory.published, published)
  const detail: CacheDetail = {
    address: tools.address,
    role: roleIn(info),
    persistence: persistenceIn(info),
    namespaces: best === undefined ? [] : namespaceRows(cache.namespaces, best.counts, {scale: best.scale, hitRates}),
    counted: best?.counted,
  }
  const counters = countersIn(parseInfo(await server.info()), clock.monotonic())
  return {
    found: {
      ...healthIn(info),
      latencyMs,
      values: valuesOf(info, {...rates, slowlogLength, keys}),
      ...versionIn(info),
      detail,
    },
    next: {counters, published, count},
  }
}

/** Measurements that are kept in history; those that are not known are left out. */
function valuesOf(info: Info, more: Readonly<Record<string, number | undefined>>): Readonly<Record<string, number>> {
  const all = {...figuresIn(info), ...more}
  return Object.fromEntries(Object.entries(all).filter((entry): entry is [string, number] => Number.isFinite(entry[1])))
}

const counterKeys = (cache: CacheConfig): readonly string[] =>
  cache.namespaces.flatMap(({hits, misses}) => (hits === undefined || misses === undefined ? [] : [hits, misses]))

/** Hit rate of each namespace since the probe before; of all time at the first probe and after a reset. */
export function hitRatesOf(
  cache: Pick<CacheConfig, 'namespaces'>,
  before: readonly (number | undefined)[],
  now: readonly (number | undefined)[],
): readonly (number | undefined)[] {
  let at = 0
  return cache.namespaces.map(({hits, misses}) => {
    if (hits === undefined || misses === undefined) return undefined
    const [hitsNow, missesNow, hitsBefore = 0, missesBefore = 0] = [now[at], now[at + 1], before[at], before[at + 1]]
    at += 2
    if (hitsNow === undefined && missesNow === undefined) return undefined
    const isReset = (hitsNow ?? 0) < hitsBefore || (missesNow ?? 0) < missesBefore
    const hit = (hitsNow ?? 0) - (isReset ? 0 : hitsBefore)
    const missed = (missesNow ?? 0) - (isReset ? 0 : missesBefore)
    return hit + missed === 0 ? undefined : hit / (hit + missed)
  })
}
