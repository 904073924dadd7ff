import type {Redis} from 'ioredis'
import {safeAddress} from './address.ts'
import {untilAborted} from '../units/until-aborted.ts'

/** One Redis connection, opened on first use and kept between looks; it never reconnects behind anybody's back. */
export interface KeptRedis {
  /** The last address connected to, without credentials. */
  readonly address: string | undefined
  use<T>(signal: AbortSignal, work: (redis: Redis) => Promise<T>): Promise<T>
  close(): Promise<void>
}

/** `readUrl` is asked at every new connection, so a rotated password is picked up. */
export function keepRedis(readUrl: () => Promise<string>): KeptRedis {
  let client: Redis | undefined
  let address: string | undefined

  const drop = (): void => {
    client?.disconnect()
    client = undefined
  }
  const connect = async (signal: AbortSignal): Promise<Redis> => {
    const url = await readUrl()
    address = safeAddress(url)
    signal.throwIfAborted()
    // A CommonJS package: only its default export is there in the bundle as well.
    const {Redis: RedisClient} = (await import('ioredis')).default
    const opened = new RedisClient(url, {
      protocol: 2,
      lazyConnect: true,
      enableOfflineQueue: false,
      enableReadyCheck: false,
      retryStrategy: () => null,
      maxRetriesPerRequest: 0,
      connectionName: 'opsconsole',
    })
    let trouble: unknown
    // The error event carries the true reason; connect() itself only says that the connection is closed.
    opened.on('error', (error: unknown) => {
      trouble = error
    })
    opened.on('end', () => {
      if (client === opened) client = undefined
    })
    try {
      await untilAborted(signal, opened.connect(), () => opened.disconnect())
    } catch (thrown) {
      opened.disconnect()
      throw signal.aborted ? thrown : (trouble ?? thrown)
    }
    return opened
  }
  return {
    get address() {
      return address
    },
    async use(signal, work) {
      signal.throwIfAborted()
      client ??= await connect(signal)
      try {
        return await untilAborted(signal, work(client), drop)
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
