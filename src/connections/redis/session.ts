import type {Redis} from 'ioredis'
import {untilAborted} from '../../units/until-aborted.ts'
import {reasonOf} from '../reason.ts'
import {identify, type RedisIdentity} from './identity.ts'
import {isReply, RedisRefusal} from './refusal.ts'
import type {RedisAddress, RedisUrl} from './url.ts'

/** A connection that is what its URL says: signed in, in its database, and known for what it is. */
export interface RedisSession {
  readonly redis: Redis
  readonly address: RedisAddress
  readonly identity: RedisIdentity
}

export type Credentials = Pick<RedisUrl, 'tls' | 'username' | 'password' | 'database'>

/** Never reconnects behind anybody's back. Raises `RedisRefusal` when the database may not be selected. */
export async function openSession(to: Credentials, address: RedisAddress, signal: AbortSignal): Promise<RedisSession> {
  signal.throwIfAborted()
  // A CommonJS package: only its default export is there in the bundle as well.
  const {Redis: RedisClient} = (await import('ioredis')).default
  const redis = new RedisClient({
    ...address,
    ...(to.tls ? {tls: {}} : {}),
    protocol: 2,
    lazyConnect: true,
    enableOfflineQueue: false,
    enableReadyCheck: false,
    disableClientInfo: true,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
  })
  let trouble: unknown
  // The error event carries the true reason; connect() itself only says that the connection is closed.
  redis.on('error', (error: unknown) => {
    trouble = error
  })
  const prepare = async (): Promise<RedisIdentity> => {
    await redis.connect()
    await signIn(redis, to)
    // The driver would go on in database 0 when this is refused.
    if (to.database !== 0) await redis.select(to.database).catch(refuseDatabase(to.database))
    await redis.client('SETNAME', 'opsconsole').catch(ignoreReply)
    return identify(redis)
  }
  try {
    const identity = await untilAborted(signal, prepare(), () => redis.disconnect())
    return {redis, address, identity}
  } catch (thrown) {
    redis.disconnect()
    throw signal.aborted || isReply(thrown) || thrown instanceof RedisRefusal ? thrown : (trouble ?? thrown)
  }
}

async function signIn(redis: Redis, {username, password}: Credentials): Promise<void> {
  if (password === undefined) return
  const words = username === undefined ? [password] : [username, password]
  // A server without a password lets everybody in; redis-cli goes on as well.
  await redis.call('AUTH', ...words).catch((error: unknown) => {
    if (isReply(error) && /no password is set|without any password configured/.test(error.message)) return
    throw error
  })
}

const refuseDatabase =
  (database: number) =>
  (error: unknown): never => {
    if (!isReply(error)) throw error
    throw new RedisRefusal(`database ${database} cannot be selected: ${reasonOf(error)}`, {cause: error})
  }

const ignoreReply = (error: unknown): void => {
  if (!isReply(error)) throw error
}
