import {roleOf} from '../connections/redis/role.ts'
import {type Info, numberIn, troublesIn, wordIn} from '../connections/redis-info.ts'
import type {Health} from '../monitors/sample.ts'

/** What is wrong inside, by INFO of each server. Hit rate is not judged here: that is for alert rules. */
export function healthIn(infos: readonly Info[]): {readonly status: Health; readonly reason: string} {
  const troubles = infos.flatMap(info => troublesIn(info).map(({reason}) => `${nameIn(infos, info)}${reason}`))
  return troubles.length === 0
    ? {status: 'up', reason: `answers as ${infos.length === 1 ? wordOfRole(infos[0]) : roleIn(infos)}`}
    : {status: 'degraded', reason: troubles.join('; ')}
}

/** Which of several masters. */
const nameIn = (infos: readonly Info[], info: Info): string =>
  infos.length === 1 ? '' : `master on port ${wordIn(info, 'tcp_port')}: `

/** Measurements that need no probe before: sums over the masters of a cluster, where each of them tells. */
export const figuresIn = (infos: readonly Info[]) => ({
  usedBytes: sumOf(infos, 'used_memory'),
  // One that has no limit is the limit of none.
  maxBytes: infos.some(info => numberIn(info, 'maxmemory') === 0) ? 0 : sumOf(infos, 'maxmemory'),
  fragmentation: infos.length === 1 ? sumOf(infos, 'mem_fragmentation_ratio') : undefined,
  clients: sumOf(infos, 'connected_clients'),
})

/** Undefined where one of them does not tell. */
export function sumOf(infos: readonly Info[], name: string): number | undefined {
  const numbers = infos.map(info => numberIn(info, name))
  return numbers.length === 0 || numbers.includes(undefined)
    ? undefined
    : numbers.reduce<number>((sum, one) => sum + (one ?? 0), 0)
}

/** `master, 2 replicas`, `replica of db1:6379`, `3 masters of a cluster, 1 of 3 replicas online`. */
export function roleIn(infos: readonly Info[]): string {
  const [one] = infos
  if (infos.length > 1) return `${infos.length} masters of a cluster${replicasIn(infos)}`
  const role = wordOfRole(one)
  if (role === 'replica' && one?.has('master_host'))
    return `replica of ${wordIn(one, 'master_host')}:${wordIn(one, 'master_port')}`
  return `${role}${replicasIn(infos)}`
}

function wordOfRole(info: Info | undefined): string {
  const word = info === undefined ? 'unknown' : wordIn(info, 'role')
  const known = roleOf(word)
  return known === 'unknown' ? word : known
}

function replicasIn(infos: readonly Info[]): string {
  const total = sumOf(infos, 'connected_slaves') ?? 0
  if (total === 0) return ''
  const states = infos.flatMap(info => [...info].filter(([name]) => /^slave\d+$/.test(name)).map(([, value]) => value))
  const online = states.filter(value => /(?:^|,)state=online(?:,|$)/.test(value)).length
  const word = total === 1 ? 'replica' : 'replicas'
  return states.length === total && online < total ? `, ${online} of ${total} ${word} online` : `, ${total} ${word}`
}

/** `RDB ok, AOF on`: without times, those are for the details. Undefined: the server does not tell. */
export function persistenceIn(infos: readonly Info[]): string | undefined {
  const has = (name: string): boolean => infos.length > 0 && infos.every(info => info.has(name))
  const ok = (name: string): string => (infos.every(info => info.get(name) === 'ok') ? 'ok' : 'failed')
  const rdb = has('rdb_last_bgsave_status') ? `RDB ${ok('rdb_last_bgsave_status')}` : undefined
  const on = infos.some(info => info.get('aof_enabled') === '1')
  const aof = !has('aof_enabled')
    ? undefined
    : on
      ? `AOF ${has('aof_last_write_status') ? ok('aof_last_write_status') : 'on'}`
      : 'AOF off'
  return [rdb, aof].filter(Boolean).join(', ') || undefined
}
