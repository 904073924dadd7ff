import {escapeLine} from '../text/escape.ts'
import {formatBytes} from '../units/bytes.ts'

/** What a Redis server says of itself: the fields of INFO. */
export type Info = ReadonlyMap<string, string>

/** `name:value` lines of INFO. */
export function parseInfo(text: string): Info {
  const fields = new Map<string, string>()
  for (const line of text.split(/\r?\n/)) {
    const colon = line.indexOf(':')
    if (colon > 0 && !line.startsWith('#')) fields.set(line.slice(0, colon), line.slice(colon + 1))
  }
  return fields
}

/** Undefined when the field is missing, not a number, or -1, as Dragonfly has it: what is not told is not 0. */
export function numberIn(info: Info, name: string): number | undefined {
  const text = info.get(name)?.trim()
  return text !== undefined && /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : undefined
}

/** A field for people. */
export const wordIn = (info: Info, name: string): string => escapeLine(info.get(name) ?? 'unknown', 20)

/** Servers that speak the protocol keep `redis_version` at the one that they are compatible with. */
const VERSIONS = ['valkey_version', 'dragonfly_version', 'redis_version']

export const versionIn = (info: Info): {readonly version?: string} => {
  const version = VERSIONS.map(name => info.get(name)).find(one => one !== undefined)
  return version === undefined ? {} : {version: escapeLine(version, 40)}
}

/** Share of maxmemory from which a server that evicts nothing is close to refusing writes. */
const NEARLY_FULL = 0.95

export interface Trouble {
  readonly part: 'loading' | 'memory' | 'persistence' | 'replication'
  readonly reason: string
}

/** What is wrong inside. Full memory is as it should be where keys are evicted. */
export function troublesIn(info: Info): readonly Trouble[] {
  const [used = 0, limit = 0] = [numberIn(info, 'used_memory'), numberIn(info, 'maxmemory')]
  const evicts = (info.get('maxmemory_policy') ?? 'noeviction') !== 'noeviction'
  const found: Trouble[] = []
  const add = (part: Trouble['part'], wrong: boolean, reason: string): void => {
    if (wrong) found.push({part, reason})
  }
  add('loading', info.get('loading') === '1', 'it is loading its data')
  add(
    'memory',
    limit > 0 && used > limit * NEARLY_FULL && !evicts,
    `memory is nearly full (${formatBytes(used)} of ${formatBytes(limit)}) and nothing is evicted`,
  )
  add('persistence', (info.get('rdb_last_bgsave_status') ?? 'ok') !== 'ok', 'the last snapshot failed')
  add('persistence', (info.get('aof_last_write_status') ?? 'ok') !== 'ok', 'writing the append-only file failed')
  // An active replica of KeyDB has a master too.
  add('replication', (info.get('master_link_status') ?? 'up') !== 'up', 'the link to the master is down')
  // It is told only where some are wanted; how many is not, but without any nothing can be written.
  add('replication', numberIn(info, 'min_slaves_good_slaves') === 0, 'it refuses writes: no replica is good enough')
  return found
}
