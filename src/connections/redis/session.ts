import type {Redis} from 'ioredis'
import {untilAborted} from '../../units/until-aborted.ts'
import {reasonOf} from '../reason.ts'
import {boundReplies} from './bound-replies.ts'
import {identify, type RedisIdentity} from './identity.ts'
import {isReply, RedisRefusal, shutReason} from './refusal.ts'
import {turnedAway} from './turned-away.ts'
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
    boundReplies(redis)
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
    if (signal.aborted || thrown instanceof RedisRefusal) throw thrown
    throw (
      (await refusalOf(thrown, to.tls ? undefined : address, signal)) ??
      (isReply(thrown) ? thrown : (trouble ?? thrown))
    )
  }
}

/** That the server lets nobody in, or not this one, in words; undefined when it is something else. */
async function refusalOf(
  thrown: unknown,
  plain: RedisAddress | undefined,
  signal: AbortSignal,
): Promise<RedisRefusal | undefined> {
  if (isReply(thrown)) return refusalIn(thrown.message, thrown)
  const said = plain === undefined ? undefined : await turnedAway(plain, signal)
  return said === undefined ? undefined : refusalIn(said, thrown)
}

function refusalIn(said: string, cause: unknown): RedisRefusal | undefined {
  const words = shutReason(said)
  return words === undefined ? undefined : new RedisRefusal(words, {cause})
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
