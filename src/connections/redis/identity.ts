import type {Redis} from 'ioredis'
import {parseInfo, versionIn} from '../redis-info.ts'
import {type Role, roleOf} from './role.ts'
import {isReply} from './refusal.ts'

/** What a server says it is. `unknown` where it does not tell. */
export interface RedisIdentity {
  readonly mode: 'standalone' | 'cluster' | 'sentinel' | 'unknown'
  readonly role: Role
  readonly version: string | undefined
  /** The version of Redis whose commands it knows: the same, but for servers that only speak the protocol. */
  readonly speaks: string | undefined
}

/** HELLO, which every role may run and which answers while data is loaded; INFO where the server is too old for it. */
export async function identify(redis: Redis): Promise<RedisIdentity> {
  try {
    return readHello(await redis.call('HELLO', '2'))
  } catch (error) {
    if (!isReply(error) || /^NOAUTH|^WRONGPASS/.test(error.message)) throw error
  }
  try {
    const info = parseInfo(await redis.info())
    return identityOf({
      mode: info.get('redis_mode'),
      role: info.get('role'),
      version: versionIn(info).version,
      speaks: info.get('redis_version'),
    })
  } catch (error) {
    if (!isReply(error) || error.message.startsWith('NOAUTH')) throw error
    return identityOf({})
  }
}

/** The answer is a flat list of names and values. */
export function readHello(reply: unknown): RedisIdentity {
  const flat = Array.isArray(reply) ? (reply as readonly unknown[]) : []
  const field = (name: string): string | undefined => {
    const at = flat.findIndex((one, index) => index % 2 === 0 && one === name)
    const value = at < 0 ? undefined : flat[at + 1]
    return typeof value === 'string' ? value : undefined
  }
  const version = field('version')
  return identityOf({
    mode: field('mode'),
    role: field('role'),
    version: field('dragonfly_version') ?? version,
    speaks: version,
  })
}

const MODES = ['standalone', 'cluster', 'sentinel'] as const
const identityOf = (said: {
  readonly mode?: string | undefined
  readonly role?: string | undefined
  readonly version?: string | undefined
  readonly speaks?: string | undefined
}): RedisIdentity => ({
  mode: MODES.find(one => one === said.mode) ?? 'unknown',
  role: roleOf(said.role),
  version: said.version,
  speaks: said.speaks,
})
