import type {Redis} from 'ioredis'
import {addressOfRef} from '../../connections/address.ts'
import {attemptLook} from '../../connections/attempt.ts'
import type {Found} from '../../connections/attempt.ts'
import {reasonOf} from '../../connections/reason.ts'
import {keepRedis} from '../../connections/redis.ts'
import type {Check} from '../../monitors/sample.ts'
import {escapeLine} from '../../text/escape.ts'
import {formatBytes} from '../../units/bytes.ts'
import type {Probe, ProbeTools} from '../probe.ts'
import type {RedisProbeSpec} from './schema.ts'

/** PING decides whether it is up; INFO, where the role may read it, tells what is wrong inside. */
export function openRedisProbe(spec: RedisProbeSpec, {clock, secret}: ProbeTools): Probe {
  const kept = keepRedis(() => secret(spec.url))
  return {
    look: signal =>
      attemptLook(clock, signal, async () => {
        const found = await kept.use(signal, async redis => {
          const started = clock.monotonic()
          await redis.ping()
          const latencyMs = clock.monotonic() - started
          return {latencyMs, ...(await inspect(redis))}
        })
        return {...found, detail: {address: kept.address ?? addressOfRef(spec.url)}}
      }),
    close: () => kept.close(),
  }
}

async function inspect(redis: Redis): Promise<Found> {
  try {
    return readInfo(parseInfo(await redis.info()))
  } catch (thrown) {
    return {status: 'up', reason: `answers PING; INFO: ${reasonOf(thrown)}`}
  }
}

/** `name:value` lines of INFO. */
export function parseInfo(text: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>()
  for (const line of text.split('\r\n')) {
    const colon = line.indexOf(':')
    if (colon > 0 && !line.startsWith('#')) fields.set(line.slice(0, colon), line.slice(colon + 1))
  }
  return fields
}

/** A finding from INFO: loading, a broken replication link, failed persistence and full memory are degraded. */
export function readInfo(info: ReadonlyMap<string, string>): Found {
  const number = (name: string): number => Number(info.get(name) ?? 0)
  const used = number('used_memory')
  const limit = number('maxmemory')
  const role = escapeLine(info.get('role') ?? 'unknown', 20)
  const checks: Check[] = [
    {name: 'memory', status: limit > 0 && used >= limit ? 'degraded' : 'up', detail: memory(used, limit)},
    {
      name: 'persistence',
      status: ['rdb_last_bgsave_status', 'aof_last_write_status'].some(field => (info.get(field) ?? 'ok') !== 'ok')
        ? 'degraded'
        : 'up',
      detail: `snapshot ${escapeLine(info.get('rdb_last_bgsave_status') ?? 'unknown', 20)}`,
    },
  ]
  if (role === 'slave')
    checks.push({
      name: 'replication',
      status: info.get('master_link_status') === 'up' ? 'up' : 'degraded',
      detail: `link to master ${escapeLine(info.get('master_link_status') ?? 'unknown', 20)}`,
    })
  if (info.get('loading') === '1')
    checks.unshift({name: 'loading', status: 'degraded', detail: 'loading its data from disk'})
  const wrong = checks.filter(check => check.status !== 'up')
  const version = info.get('redis_version')
  return {
    status: wrong.length > 0 ? 'degraded' : 'up',
    reason: wrong.length > 0 ? wrong.map(check => `${check.name}: ${check.detail}`).join('; ') : role,
    checks,
    values: {usedBytes: used, clients: number('connected_clients'), opsPerSecond: number('instantaneous_ops_per_sec')},
    ...(version === undefined ? {} : {version: escapeLine(version, 40)}),
  }
}

const memory = (used: number, limit: number): string =>
  limit > 0 ? `${formatBytes(used)} of ${formatBytes(limit)}` : `${formatBytes(used)}, no limit`
