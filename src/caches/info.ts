import {type Info, numberIn, troublesIn, wordIn} from '../connections/redis-info.ts'
import type {Health} from '../monitors/sample.ts'

/** Counters of one server process at one moment. Another `run` means that they began anew. */
export interface CacheCounters {
  readonly run: string
  readonly ms: number
  readonly hits: number
  readonly misses: number
  readonly commands: number
  readonly evicted: number
  readonly expired: number
}

export const countersIn = (info: Info, ms: number): CacheCounters => ({
  run: info.get('run_id') ?? '',
  ms,
  hits: numberIn(info, 'keyspace_hits'),
  misses: numberIn(info, 'keyspace_misses'),
  commands: numberIn(info, 'total_commands_processed'),
  evicted: numberIn(info, 'evicted_keys'),
  expired: numberIn(info, 'expired_keys'),
})

export interface CacheRates {
  /** Of the application alone. Undefined: nobody looked anything up. */
  readonly hitRate: number | undefined
  readonly lookupsPerSecond: number | undefined
  readonly opsPerSecond: number | undefined
  readonly evictedPerSecond: number | undefined
}

/**
 * `before` is read at the end of the probe before and `now` at the beginning of this one, so that our own commands are
 * not in between: reading a TTL counts as a hit of the server, and a few thousand of them would drown a bad hit rate.
 * Since the probe before; since the start of the server when there was none, or when it restarted in between.
 */
export function ratesSince(before: CacheCounters | undefined, now: CacheCounters): CacheRates {
  const same = before !== undefined && before.run === now.run && now.ms > before.ms
  const hits = Math.max(0, now.hits - (same ? before.hits : 0))
  const misses = Math.max(0, now.misses - (same ? before.misses : 0))
  const hitRate = hits + misses === 0 ? undefined : hits / (hits + misses)
  if (!same) return {hitRate, lookupsPerSecond: undefined, opsPerSecond: undefined, evictedPerSecond: undefined}
  const seconds = (now.ms - before.ms) / 1000
  return {
    hitRate,
    lookupsPerSecond: (hits + misses) / seconds,
    opsPerSecond: Math.max(0, now.commands - before.commands) / seconds,
    evictedPerSecond: Math.max(0, now.evicted - before.evicted) / seconds,
  }
}

/** What is wrong inside, by INFO. Hit rate is not judged here: that is for alert rules. */
export function healthIn(info: Info): {readonly status: Health; readonly reason: string} {
  const troubles = troublesIn(info)
  const role = wordIn(info, 'role')
  return troubles.length === 0
    ? {status: 'up', reason: `answers as ${role === 'slave' ? 'replica' : role}`}
    : {status: 'degraded', reason: troubles.map(({reason}) => reason).join('; ')}
}

/** Measurements that need no probe before. */
export const figuresIn = (info: Info) => ({
  usedBytes: numberIn(info, 'used_memory'),
  maxBytes: numberIn(info, 'maxmemory'),
  fragmentation: numberIn(info, 'mem_fragmentation_ratio'),
  clients: numberIn(info, 'connected_clients'),
})

export const roleIn = (info: Info): string => {
  const role = wordIn(info, 'role')
  const replicas = numberIn(info, 'connected_slaves')
  if (role === 'slave') return 'replica'
  return replicas === 0 ? role : `${role}, ${replicas} ${replicas === 1 ? 'replica' : 'replicas'}`
}

/** `RDB ok, AOF on`: without times, those are for the details. */
export const persistenceIn = (info: Info): string => {
  const rdb = (info.get('rdb_last_bgsave_status') ?? 'ok') === 'ok' ? 'RDB ok' : 'RDB failed'
  if (info.get('aof_enabled') !== '1') return `${rdb}, AOF off`
  return `${rdb}, AOF ${(info.get('aof_last_write_status') ?? 'ok') === 'ok' ? 'ok' : 'failed'}`
}
