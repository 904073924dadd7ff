import type {Info} from '../connections/redis-info.ts'
import {sumOf} from './info.ts'
import {ownWork} from './own-work.ts'

/** Counters of one server process, or of all masters of a cluster, at one moment. Another `run` means that they began anew. */
export interface CacheCounters {
  readonly run: string
  readonly ms: number
  readonly hits: number | undefined
  readonly misses: number | undefined
  readonly commands: number | undefined
  readonly evicted: number | undefined
  /** How many of the hits are lookups of a console; undefined: the server does not tell. */
  readonly own: number | undefined
  /** How many of the commands are no work of an application. */
  readonly ownCommands: number | undefined
  /** False: some of `own` may be lookups of an application. */
  readonly ownIsExact: boolean
}

export function countersIn(infos: readonly Info[], ms: number): CacheCounters {
  const own = infos.map(ownWork)
  const sum = (name: 'lookups' | 'commands'): number | undefined =>
    own.includes(undefined) ? undefined : own.reduce((all, one) => all + (one?.[name] ?? 0), 0)
  return {
    run: infos.map(info => info.get('run_id') ?? info.get('process_id') ?? '').join(' '),
    ms,
    hits: sumOf(infos, 'keyspace_hits'),
    misses: sumOf(infos, 'keyspace_misses'),
    commands: sumOf(infos, 'total_commands_processed'),
    evicted: sumOf(infos, 'evicted_keys'),
    own: sum('lookups'),
    ownCommands: sum('commands'),
    ownIsExact: own.every(one => one?.exact === true),
  }
}

/** Lookups of applications between two moments. */
export interface Lookups {
  readonly hits: number
  readonly misses: number
  readonly seconds: number
}

export interface CacheRates {
  /** Undefined: not known. `seconds` is undefined since the start of the server. */
  readonly lookups: (Omit<Lookups, 'seconds'> & {readonly seconds: number | undefined}) | undefined
  /** Commands of applications on keys. */
  readonly opsPerSecond: number | undefined
  readonly evictedPerSecond: number | undefined
}

/** Of an application that uses the same commands as the console, this share of all makes no difference. */
const NEGLIGIBLE = 0.01

/**
 * `before` is read at the end of the probe before and `now` at the beginning of this one, so that our own commands are
 * not in between; lookups of other consoles are, and are taken out. Since the probe before; since the start of the server
 * when there was none, or when it restarted or its counters were reset in between.
 */
export function ratesSince(before: CacheCounters | undefined, now: CacheCounters): CacheRates {
  const same = before !== undefined && before.run === now.run && now.ms > before.ms && !isReset(before, now)
  if (!same)
    return {
      lookups: lookupsOf(now, now.ownIsExact, undefined),
      opsPerSecond: undefined,
      evictedPerSecond: undefined,
    }
  const seconds = (now.ms - before.ms) / 1000
  const since = (name: Counter): number | undefined => {
    const [from, to] = [before[name], now[name]]
    return from === undefined || to === undefined ? undefined : to - from
  }
  const perSecond = (amount: number | undefined): number | undefined =>
    amount === undefined ? undefined : amount / seconds
  const [all, ours] = [since('commands'), since('ownCommands')]
  return {
    lookups: lookupsOf({hits: since('hits'), misses: since('misses'), own: since('own')}, now.ownIsExact, seconds),
    opsPerSecond: perSecond(opsOf(all, ours, {own: since('own'), exact: now.ownIsExact})),
    evictedPerSecond: perSecond(since('evicted')),
  }
}

const COUNTERS = ['hits', 'misses', 'commands', 'evicted', 'own', 'ownCommands'] as const
type Counter = (typeof COUNTERS)[number]

const isReset = (before: CacheCounters, now: CacheCounters): boolean =>
  COUNTERS.some(name => (now[name] ?? 0) < (before[name] ?? 0))

/** Undefined: some of what would be taken out may be work of an application. */
function opsOf(
  all: number | undefined,
  ours: number | undefined,
  {own = 0, exact}: {readonly own: number | undefined; readonly exact: boolean},
): number | undefined {
  if (all === undefined || ours === undefined) return undefined
  return exact || own <= all * NEGLIGIBLE ? Math.max(0, all - ours) : undefined
}

/** A server that does not say how many hits are ours may have few others. */
function lookupsOf(
  {hits, misses, own}: Pick<CacheCounters, 'hits' | 'misses' | 'own'>,
  ownIsExact: boolean,
  seconds: number | undefined,
): CacheRates['lookups'] {
  if (hits === undefined || misses === undefined || own === undefined) return undefined
  if (!ownIsExact && own > (hits + misses) * NEGLIGIBLE) return undefined
  return {hits: Math.max(0, hits - own), misses, seconds}
}

/** So many lookups say what a hit rate is; of fewer, one more or less moves it by more than a point. */
export const ENOUGH_LOOKUPS = 100
/** However few they are, older ones say nothing of now. */
const LOOKED_BACK_S = 600

/** The newest lookups, as many intervals as it takes to have enough of them. */
export function recentLookups(before: readonly Lookups[], newest: Lookups | undefined): readonly Lookups[] {
  if (newest === undefined) return []
  const kept: Lookups[] = []
  let [count, seconds] = [0, 0]
  for (const one of [newest, ...before]) {
    if (kept.length > 0 && (count >= ENOUGH_LOOKUPS || seconds + one.seconds > LOOKED_BACK_S)) break
    kept.push(one)
    count += one.hits + one.misses
    seconds += one.seconds
  }
  return kept
}

/** Undefined: nobody looked anything up. */
export function hitRateOf(lookups: readonly Omit<Lookups, 'seconds'>[]): number | undefined {
  const hits = lookups.reduce((sum, one) => sum + one.hits, 0)
  const all = lookups.reduce((sum, one) => sum + one.hits + one.misses, 0)
  return all === 0 ? undefined : hits / all
}
