import {untilAborted} from '../../units/until-aborted.ts'
import {safeAddress} from '../address.ts'
import {openNodes, type RedisNodes} from './nodes.ts'
import {parseRedisUrl, type RedisUrl} from './url.ts'

/** The connections to what one URL names, opened on first use and kept while they stay what they were. */
export interface KeptRedis {
  /** The last address connected to, without credentials. */
  readonly address: string | undefined
  use<T>(signal: AbortSignal, work: (nodes: RedisNodes) => Promise<T>): Promise<T>
  close(): Promise<void>
}

/**
 * `readUrl` is asked at every new connection, so a rotated password is picked up. A cluster, and a master that a Sentinel
 * named, are connected to anew for each use: which servers they are may have changed.
 */
export function keepRedis(
  readUrl: () => Promise<string>,
  open: (url: RedisUrl, signal: AbortSignal) => Promise<RedisNodes> = openNodes,
): KeptRedis {
  let kept: RedisNodes | undefined
  let address: string | undefined

  const drop = (): void => {
    kept?.close()
    kept = undefined
  }
  const connect = async (signal: AbortSignal): Promise<RedisNodes> => {
    const url = await readUrl()
    address = safeAddress(url)
    signal.throwIfAborted()
    const opened = await open(parseRedisUrl(url), signal)
    for (const {redis} of opened.sessions)
      redis.on('end', () => {
        if (kept === opened) kept = undefined
      })
    return opened
  }
  return {
    get address() {
      return address
    },
    async use(signal, work) {
      signal.throwIfAborted()
      const nodes = (kept ??= await connect(signal))
      try {
        const found = await untilAborted(signal, work(nodes), drop)
        if (!nodes.keeps) drop()
        return found
      } catch (thrown) {
        drop()
        throw thrown
      }
    },
    close() {
      drop()
      return Promise.resolve()
    },
  }
}
