import type {Redis} from 'ioredis'
import {addressOfRef} from '../../connections/address.ts'
import {attemptProbe} from '../../connections/attempt.ts'
import type {Found} from '../../connections/attempt.ts'
import {reasonOf} from '../../connections/reason.ts'
import {keepRedis} from '../../connections/redis.ts'
import {
  type Info,
  numberIn,
  parseInfo,
  type Trouble,
  troublesIn,
  versionIn,
  wordIn,
} from '../../connections/redis-info.ts'
import type {Check} from '../../monitors/sample.ts'
import {formatBytes} from '../../units/bytes.ts'
import type {Probe, ProbeTools} from '../probe.ts'
import type {RedisProbeSpec} from './schema.ts'

/** PING decides whether it is up; INFO, where the role may read it, tells what is wrong inside. */
export function openRedisProbe(spec: RedisProbeSpec, {clock, secret}: ProbeTools): Probe {
  const kept = keepRedis(() => secret(spec.url))
  return {
    run: signal =>
      attemptProbe(clock, signal, async () => {
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

/** A result from INFO: loading, a broken replication link, failed persistence and full memory are degraded. */
export function readInfo(info: Info): Found {
  const troubles = troublesIn(info)
  const check = (part: Trouble['part'], detail: string): Check => {
    const wrong = troubles.filter(trouble => trouble.part === part)
    return wrong.length === 0
      ? {name: part, status: 'up', detail}
      : {name: part, status: 'degraded', detail: wrong.map(({reason}) => reason).join('; ')}
  }
  const role = wordIn(info, 'role')
  return {
    status: troubles.length > 0 ? 'degraded' : 'up',
    reason: troubles.length > 0 ? troubles.map(({reason}) => reason).join('; ') : role,
    checks: [
      ...(info.get('loading') === '1' ? [check('loading', '')] : []),
      check('memory', memory(numberIn(info, 'used_memory'), numberIn(info, 'maxmemory'))),
      check('persistence', `snapshot ${wordIn(info, 'rdb_last_bgsave_status')}`),
      ...(role === 'slave' ? [check('replication', `link to master ${wordIn(info, 'master_link_status')}`)] : []),
    ],
    values: {
      usedBytes: numberIn(info, 'used_memory'),
      clients: numberIn(info, 'connected_clients'),
      opsPerSecond: numberIn(info, 'instantaneous_ops_per_sec'),
    },
    ...versionIn(info),
  }
}

const memory = (used: number, limit: number): string =>
  limit > 0 ? `${formatBytes(used)} of ${formatBytes(limit)}` : `${formatBytes(used)}, no limit`
