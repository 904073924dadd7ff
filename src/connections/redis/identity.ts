import type {Redis} from 'ioredis'
import {parseInfo} from '../redis-info.ts'
import {type Role, roleOf} from './role.ts'
import {isReply} from './refusal.ts'

/** What a server says it is. `unknown` where it does not tell. */
export interface RedisIdentity {
  readonly mode: 'standalone' | 'cluster' | 'sentinel' | 'unknown'
  readonly role: Role
  readonly version: string | undefined
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
    return identityOf(info.get('redis_mode'), info.get('role'), info.get('redis_version'))
  } catch (error) {
    if (!isReply(error) || error.message.startsWith('NOAUTH')) throw error
    return identityOf(undefined, undefined, undefined)
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
  return identityOf(field('mode'), field('role'), field('version'))
}

const MODES = ['standalone', 'cluster', 'sentinel'] as const
const identityOf = (
  mode: string | undefined,
  role: string | undefined,
  version: string | undefined,
): RedisIdentity => ({
  mode: MODES.find(one => one === mode) ?? 'unknown',
  role: roleOf(role),
  version,
})
