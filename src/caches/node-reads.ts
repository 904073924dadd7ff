import type {Redis} from 'ioredis'
import {readRedirect} from '../connections/redis/cluster-slots.ts'
import {isRefused} from '../connections/redis/refusal.ts'
import type {KeySeen} from './namespace-counts.ts'

/** What a role may not run is asked once a connection, and then left out. */
export interface NodeTools {
  readonly redis: Redis
  readonly byExpiry: boolean
  readonly refused: Set<string>
}

const NOWHERE = {host: '', port: 0}

/** Time to live and size of keys, each where this role may read it; keys that are gone by now are left out. */
export async function measureKeys(tools: NodeTools, keys: readonly string[]): Promise<readonly KeySeen[]> {
  const {byExpiry} = tools
  const names = keys.map(key => Buffer.from(key, 'latin1'))
  const ttlCommand = byExpiry ? 'PEXPIRETIME' : 'PTTL'
  const [[now], sizes, expiries] = await Promise.all([
    byExpiry ? pipelined(tools, 'TIME', [[]]) : [undefined],
    pipelined(
      tools,
      'MEMORY USAGE',
      names.map(name => [name]),
    ),
    pipelined(
      tools,
      ttlCommand,
      names.map(name => [name]),
    ),
  ])
  const serverMs = timeIn(now)
  return keys.flatMap((key, index): KeySeen[] => {
    const [size, expiry] = [sizes[index], expiries[index]]
    if (Number(expiry) === -2 || (expiry === undefined && size === null) || expiry === GONE || size === GONE) return []
    const ttlMs = ttlIn(expiry, byExpiry, serverMs)
    return [
      {
        key,
        ...(ttlMs === undefined ? {} : {ttlMs}),
        ...(size === undefined || size === null ? {} : {bytes: Number(size)}),
      },
    ]
  })
}

/** A key that is not there is not looked up, because that would be a miss; one that has expired is. */
export async function hasKey(tools: NodeTools, key: string): Promise<boolean> {
  const name = Buffer.from(key, 'latin1')
  const [size] = await pipelined(tools, 'MEMORY USAGE', [[name]])
  if (size === null || size === GONE) return false
  const [expiry] = await pipelined(tools, tools.byExpiry ? 'PEXPIRETIME' : 'PTTL', [[name]])
  if (expiry !== undefined || size !== undefined) return expiry !== GONE && Number(expiry) !== -2
  return (await tools.redis.exists(name)) > 0
}

/** Numbers that the application publishes; keys that are not there are not asked for, because that would be a miss. */
export async function readNumbers(tools: NodeTools, keys: readonly string[]): Promise<readonly (number | undefined)[]> {
  const sizes = await pipelined(
    tools,
    'MEMORY USAGE',
    keys.map(key => [key]),
  )
  const there = keys.filter((_, index) => sizes[index] !== null)
  const values = await pipelined(
    tools,
    'SUBSTR',
    there.map(key => [key, '0', '15']),
  )
  const byKey = new Map(there.map((key, index) => [key, values[index]]))
  return keys.map(key => {
    const value = byKey.get(key)
    return typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : undefined
  })
}

/** The key is on another node by now. */
const GONE = Symbol('gone')

/** One command for many arguments. Undefined: this role may not, for this key. */
async function pipelined(
  {redis, refused}: NodeTools,
  command: string,
  calls: readonly (readonly (string | Buffer)[])[],
): Promise<readonly unknown[]> {
  if (refused.has(command) || calls.length === 0) return calls.map(() => undefined)
  const [word = '', ...more] = command.split(' ')
  const pipeline = redis.pipeline()
  for (const call of calls) pipeline.call(word, ...more, ...call)
  const replies = (await pipeline.exec()) ?? []
  return calls.map((_, index) => {
    const [error, value] = replies[index] ?? [undefined, undefined]
    if (!error) return value
    if (readRedirect(error, NOWHERE) !== undefined) return GONE
    if (/^WRONGTYPE\b/.test(error.message)) return undefined
    if (!isRefused(error)) throw error
    // A role may be for some keys only: that one is refused says nothing of the others.
    refused.add(/keys?\b/.test(error.message) ? `${command} of some keys` : command)
    return undefined
  })
}

/** Seconds and microseconds. */
const timeIn = (reply: unknown): number | undefined =>
  Array.isArray(reply) ? Number(reply[0]) * 1000 + Math.floor(Number(reply[1]) / 1000) : undefined

function ttlIn(expiry: unknown, byExpiry: boolean, serverMs: number | undefined): number | undefined {
  if (expiry === undefined) return undefined
  const value = Number(expiry)
  if (value < 0 || !byExpiry) return value
  return serverMs === undefined ? undefined : Math.max(0, value - serverMs)
}
