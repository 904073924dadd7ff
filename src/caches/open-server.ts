import type {SecretRef} from '../config/fields.ts'
import {safeAddress} from '../connections/address.ts'
import {reasonOf} from '../connections/reason.ts'
import {openNodes, type RedisNodes} from '../connections/redis/nodes.ts'
import {isReply, RedisRefusal} from '../connections/redis/refusal.ts'
import {parseRedisUrl} from '../connections/redis/url.ts'
import {OpsError} from '../errors.ts'
import {untilAborted} from '../units/until-aborted.ts'
import {clusterServer} from './cluster-server.ts'
import {nodeServer} from './node-server.ts'
import type {CacheServer} from './server.ts'

export const cacheServer = ({sessions, slots}: RedisNodes, timeoutMs: number): CacheServer =>
  slots === undefined ? nodeServer(sessions[0], timeoutMs) : clusterServer(sessions, slots, timeoutMs)

/** Opens a connection, works with it, closes it. Raises `cache/unreachable` or `cache/refused`, without credentials. */
export async function withCacheServer<T>(
  config: {readonly name: string; readonly url: SecretRef; readonly timeout: number},
  tools: {readonly secret: (ref: SecretRef) => Promise<string>; readonly signal: AbortSignal},
  work: (server: CacheServer) => Promise<T>,
): Promise<T> {
  const url = await tools.secret(config.url)
  const connect = AbortSignal.any([tools.signal, AbortSignal.timeout(config.timeout)])
  let nodes: RedisNodes | undefined
  try {
    nodes = await openNodes(parseRedisUrl(url), connect)
    const server = cacheServer(nodes, config.timeout)
    await server.ping()
    return await untilAborted(tools.signal, work(server))
  } catch (cause) {
    if (cause instanceof OpsError) throw cause
    if (tools.signal.aborted) throw tools.signal.reason
    const refused = isReply(cause) || cause instanceof RedisRefusal
    throw new OpsError(
      refused ? 'cache/refused' : 'cache/unreachable',
      `${config.name} at ${safeAddress(url)} ${refused ? 'refused' : 'did not answer'}: ${reasonOf(cause)}`,
      {cause},
    )
  } finally {
    nodes?.close()
  }
}
