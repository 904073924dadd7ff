import {addressOfRef} from '../connections/address.ts'
import {attemptProbe} from '../connections/attempt.ts'
import type {Found} from '../connections/attempt.ts'
import {reasonOf} from '../connections/reason.ts'
import {keepRedis} from '../connections/redis/kept.ts'
import {busyReason, RedisRefusal} from '../connections/redis/refusal.ts'
import {type Info, versionIn} from '../connections/redis-info.ts'
import type {Target} from '../monitors/sample.ts'
import type {ResolveSecret} from '../config/fields.ts'
import {escapeLine} from '../text/escape.ts'
import type {Clock} from '../units/clock.ts'
import type {CacheConfig} from './config.ts'
import {type CacheCounters, countersIn, hitRateOf, type Lookups, ratesSince, recentLookups} from './counters.ts'
import {figuresIn, healthIn, persistenceIn, roleIn} from './info.ts'
import {bestCount, countOn, type LiveCount, nothingCounted} from './live-count.ts'
import type {CacheRow} from './rows.ts'
import {cacheServer} from './open-server.ts'
import type {CacheServer} from './server.ts'
import {namespaceRows} from './namespace-counts.ts'

export type PlacedCache = CacheConfig & {readonly environment: string}

export interface CacheTools {
  readonly clock: Clock
  readonly secret: ResolveSecret
}

/** What a sample of a cache carries for its row beside the measurements. */
export type CacheDetail = Pick<CacheRow, 'address' | 'role' | 'persistence' | 'namespaces' | 'counted' | 'refused'>

/** One target for each configured cache; each keeps one connection between probes. */
export function cacheTargets(config: {readonly caches: readonly PlacedCache[]}, tools: CacheTools): readonly Target[] {
  return config.caches.map(cache => cacheTarget(cache, tools))
}

function cacheTarget(cache: PlacedCache, {clock, secret}: CacheTools): Target {
  const kept = keepRedis(() => secret(cache.url))
  let memory: Memory = nothingKnown
  return {
    id: `cache/${cache.environment}/${cache.name}`,
    kind: 'cache',
    environment: cache.environment,
    name: cache.name,
    intervalMs: cache.interval,
    timeoutMs: cache.timeout,
    probe: signal =>
      attemptProbe(clock, signal, () =>
        answered(() =>
          kept.use(signal, async nodes => {
            const address = kept.address ?? addressOfRef(cache.url)
            const {found, next} = await probeCache(cacheServer(nodes, cache.timeout), cache, memory, {
              clock,
              signal,
              address,
            })
            memory = next
            return found
          }),
        ),
      ),
    close: () => kept.close(),
  }
}

/** A server that answers and cannot serve at the moment, or not all of it, is not down. */
async function answered(probe: () => Promise<Found>): Promise<Found> {
  try {
    return await probe()
  } catch (error) {
    const busy = busyReason(error)
    if (busy !== undefined) return {status: 'degraded', reason: busy}
    if (!(error instanceof RedisRefusal)) throw error
    return {status: error.status, reason: reasonOf(error)}
  }
}

/** What one probe leaves for the next. */
export interface Memory {
  /** Read at the end of the probe before. */
  readonly counters: CacheCounters | undefined
  /** The newest lookups of applications, newest first. */
  readonly lookups: readonly Lookups[]
  /** The application's own counters of hits and misses, two for each namespace. */
  readonly published: readonly (number | undefined)[]
  readonly count: LiveCount
  /** Of the cluster when it was counted. */
  readonly layout: string
}

export const nothingKnown: Memory = {counters: undefined, lookups: [], published: [], count: nothingCounted, layout: ''}

/** One probe of one cache. What this role may not read is left out and named. */
export async function probeCache(
  server: CacheServer,
  cache: CacheConfig,
  memory: Memory,
  tools: {readonly clock: Clock; readonly signal: AbortSignal; readonly address: string},
): Promise<{readonly found: Found; readonly next: Memory}> {
  const {clock} = tools
  const begin = clock.monotonic()
  // The server may be loading: INFO answers then, and PING does not.
  const pinged = await server.ping().then(
    () => undefined,
    (error: unknown) => busyReason(error) ?? Promise.reject(error),
  )
  const latencyMs = clock.monotonic() - begin
  const infos = await server.infos()
  const now = countersIn(infos, begin)
  const rates = ratesSince(memory.counters, now)
  const base = {latencyMs, ...versionOf(server, infos)}
  if (pinged !== undefined || infos.some(info => info.get('loading') === '1')) {
    const health = healthIn(infos)
    const reason = health.status === 'up' ? (pinged ?? 'it is loading its data') : health.reason
    const detail = detailOf(server, infos, {address: tools.address, cache, count: memory.count, hitRates: []})
    return {
      found: {...base, status: 'degraded', reason, values: valuesOf(figuresIn(infos)), detail},
      next: {...memory, counters: undefined},
    }
  }
  const published = await server.numbers(counterKeys(cache))
  const slowlogLength = await server.slowlogLength()
  const keys = await server.size()
  const before = memory.layout === server.layout ? memory.count : nothingCounted
  const count = await countOn(server, cache.namespaces, before, tools)
  const hitRates = hitRatesOf(cache, memory.published, published)
  const detail = detailOf(server, infos, {address: tools.address, cache, count, hitRates})
  const after = await server.infos()
  const counters = after.length === 0 ? undefined : countersIn(after, clock.monotonic())
  const {lookups, ...perSecond} = rates
  const isSince = lookups?.seconds !== undefined
  const recent = recentLookups(memory.lookups, isSince ? {...lookups, seconds: lookups.seconds ?? 0} : undefined)
  const judged = isSince ? recent : lookups === undefined ? [] : [lookups]
  const total = judged.reduce((sum, one) => sum + one.hits + one.misses, 0)
  return {
    found: {
      ...base,
      ...withRefused(healthOf(server, infos), server.refused),
      values: valuesOf({
        ...figuresIn(infos),
        ...perSecond,
        hitRate: hitRateOf(judged),
        ...(lookups === undefined ? {} : {lookups: total}),
        lookupsPerSecond:
          lookups?.seconds === undefined ? undefined : (lookups.hits + lookups.misses) / lookups.seconds,
        slowlogLength,
        keys,
      }),
      detail,
    },
    next: {counters, lookups: recent, published, count, layout: server.layout},
  }
}

/** Without INFO it is known only that it answers. */
const healthOf = (server: CacheServer, infos: readonly Info[]): ReturnType<typeof healthIn> =>
  infos.length > 0 ? healthIn(infos) : {status: 'up', reason: `answers as ${server.identity.role}`}

function withRefused(
  {status, reason}: ReturnType<typeof healthIn>,
  refused: ReadonlySet<string>,
): ReturnType<typeof healthIn> {
  const named = [...refused].sort()
  return {status, reason: named.length === 0 ? reason : `${reason}; this role may not run ${named.join(', ')}`}
}

function versionOf(server: CacheServer, infos: readonly Info[]): {readonly version?: string} {
  if (infos[0] !== undefined) return versionIn(infos[0])
  const {version} = server.identity
  return version === undefined ? {} : {version: escapeLine(version, 40)}
}

function detailOf(
  server: CacheServer,
  infos: readonly Info[],
  known: {
    readonly address: string
    readonly cache: CacheConfig
    readonly count: LiveCount
    readonly hitRates: readonly (number | undefined)[]
  },
): CacheDetail {
  const {address, cache, count, hitRates} = known
  const best = bestCount(count)
  return {
    address,
    role: infos.length > 0 ? roleIn(infos) : server.identity.role,
    persistence: persistenceIn(infos),
    namespaces: best === undefined ? [] : namespaceRows(cache.namespaces, best.counts, {scale: best.scale, hitRates}),
    counted: best?.counted,
    refused: [...server.refused].sort(),
  }
}

/** Measurements that are kept in history; those that are not known are left out. */
function valuesOf(all: Readonly<Record<string, number | undefined>>): Readonly<Record<string, number>> {
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
