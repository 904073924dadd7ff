import {addressOfRef} from '../../connections/address.ts'
import {attemptProbe} from '../../connections/attempt.ts'
import type {Found} from '../../connections/attempt.ts'
import {reasonOf} from '../../connections/reason.ts'
import {roleOf} from '../../connections/redis/role.ts'
import {keepRedis} from '../../connections/redis/kept.ts'
import {openNode} from '../../connections/redis/nodes.ts'
import {busyReason, isRefused, isReply} from '../../connections/redis/refusal.ts'
import {type ClusterState, readClusterState} from '../../connections/redis/cluster-state.ts'
import type {RedisSession} from '../../connections/redis/session.ts'
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
import {escapeLine} from '../../text/escape.ts'
import {formatBytes} from '../../units/bytes.ts'
import type {Probe, ProbeTools} from '../probe.ts'
import type {RedisProbeSpec} from './schema.ts'

/** PING decides whether it is up; INFO, where the role may read it, tells what is wrong inside. */
export function openRedisProbe(spec: RedisProbeSpec, {clock, secret}: ProbeTools): Probe {
  const kept = keepRedis(() => secret(spec.url), openNode)
  return {
    run: signal =>
      attemptProbe(clock, signal, async () => {
        const found = await kept.use(signal, async ({sessions: [session]}) => {
          const started = clock.monotonic()
          const refused = await pingOf(session)
          const latencyMs = clock.monotonic() - started
          return {latencyMs, ...(await inspect(session, refused))}
        })
        return {...found, detail: {address: kept.address ?? addressOfRef(spec.url)}}
      }),
    close: () => kept.close(),
  }
}

/** Why it does not answer PONG, though it answers; undefined: it does. */
async function pingOf({redis}: RedisSession): Promise<{readonly busy: string | undefined} | undefined> {
  try {
    await redis.ping()
    return undefined
  } catch (error) {
    const busy = busyReason(error)
    if (busy === undefined && !isRefused(error)) throw error
    return {busy}
  }
}

async function inspect(
  {redis, identity}: RedisSession,
  refused: {readonly busy: string | undefined} | undefined,
): Promise<Found> {
  const busy = refused?.busy
  try {
    const info = parseInfo(await redis.info())
    const found = withCluster(
      readInfo(info),
      info.get('cluster_enabled') === '1' ? await readClusterState(redis) : 'ok',
    )
    return busy === undefined || found.status !== 'up' ? found : {...found, status: 'degraded', reason: busy}
  } catch (error) {
    if (!isReply(error)) throw error
    if (busy !== undefined) return {status: 'degraded', reason: busy}
    const version = identity.version === undefined ? {} : {version: escapeLine(identity.version, 40)}
    return {status: 'up', reason: `answers as ${identity.role}; INFO: ${reasonOf(error)}`, ...version}
  }
}

/** A node answers PING and INFO while its cluster serves nobody. */
function withCluster(found: Found, state: ClusterState): Found {
  if (state === 'ok') return found
  if (state === 'unseen') return {...found, reason: `${found.reason}, of which this role may not read CLUSTER INFO`}
  const reason = found.status === 'up' ? state.fault : `${found.reason}; ${state.fault}`
  return {...found, status: 'degraded', reason}
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
  const isReplica = roleOf(role) === 'replica'
  const known = roleOf(role) === 'unknown' ? role : roleOf(role)
  return {
    status: troubles.length > 0 ? 'degraded' : 'up',
    reason: troubles.length > 0 ? troubles.map(({reason}) => reason).join('; ') : `${known}${nodeOf(info)}`,
    checks: [
      ...(info.get('loading') === '1' ? [check('loading', '')] : []),
      check('memory', memory(numberIn(info, 'used_memory'), numberIn(info, 'maxmemory'))),
      check(
        'persistence',
        info.has('rdb_last_bgsave_status') ? `snapshot ${wordIn(info, 'rdb_last_bgsave_status')}` : '–',
      ),
      ...(isReplica ? [check('replication', `link to master ${wordIn(info, 'master_link_status')}`)] : []),
    ],
    values: numbersIn(info, {
      usedBytes: 'used_memory',
      clients: 'connected_clients',
      // Of everybody, this probe too.
      commandsPerSecond: 'instantaneous_ops_per_sec',
    }),
    ...versionIn(info),
  }
}

const nodeOf = (info: Info): string => (info.get('cluster_enabled') === '1' ? ', one node of a cluster' : '')

/** Those that the server tells. */
const numbersIn = (info: Info, names: Readonly<Record<string, string>>): Readonly<Record<string, number>> =>
  Object.fromEntries(
    Object.entries(names).flatMap(([name, field]) => {
      const value = numberIn(info, field)
      return value === undefined ? [] : [[name, value]]
    }),
  )

function memory(used: number | undefined, limit: number | undefined): string {
  if (used === undefined) return '–'
  return limit ? `${formatBytes(used)} of ${formatBytes(limit)}` : `${formatBytes(used)}, no limit`
}
