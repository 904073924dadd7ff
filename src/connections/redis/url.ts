export interface RedisAddress {
  readonly host: string
  readonly port: number
}

/** What a Redis URL says, in the meaning of redis-cli. */
export interface RedisUrl {
  /** One server; of a Sentinel URL, the Sentinels in the order in which they are asked. */
  readonly hosts: readonly RedisAddress[]
  readonly tls: boolean
  readonly username: string | undefined
  readonly password: string | undefined
  readonly database: number
  /** Name of the master that the Sentinels know. */
  readonly sentinel: string | undefined
}

const SHAPE = /^(redis|rediss)(\+sentinel)?:\/\/(?:([^/?#]*)@)?([^/?#@]*)(\/[^?#]*)?(?:\?([^#]*))?$/i

/**
 * `redis://[user:]password@host:port/database`, `rediss://` for TLS, and `redis+sentinel://…@host,host/master/database`.
 * Raises an error in words that never quotes the credentials.
 */
export function parseRedisUrl(text: string): RedisUrl {
  const [, scheme = '', sentinel, credentials, authority = '', path = '', query] = SHAPE.exec(text.trim()) ?? refuse()
  const parts = path
    .split('/')
    .slice(1)
    .filter((part, index, all) => part !== '' || index < all.length - 1)
  const [name, database] = sentinel === undefined ? [undefined, parts[0]] : parts
  if (sentinel !== undefined && !name)
    throw new Error('a Sentinel URL should name its master: redis+sentinel://host/master')
  if (parts.length > (sentinel === undefined ? 1 : 2)) throw new Error('a Redis URL ends in the number of its database')
  return {
    hosts: authority.split(',').map(one => readHost(one, sentinel === undefined ? 6379 : 26_379)),
    tls: scheme.toLowerCase() === 'rediss',
    ...readCredentials(credentials),
    database: readDatabase(database ?? databaseIn(query)),
    sentinel: name === undefined ? undefined : decoded(name),
  }
}

/** What is wrong with a URL that is written out; undefined: nothing. */
export function redisUrlFault(text: string): string | undefined {
  try {
    parseRedisUrl(text)
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

/** `host:port`, an IPv6 address in brackets. */
export const addressText = ({host, port}: RedisAddress): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`

function refuse(): never {
  throw new Error('should be a redis:// or rediss:// URL')
}

function readHost(text: string, standard: number): RedisAddress {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:[\]]*))(?::(\d{1,5}))?$/.exec(text) ?? refuse()
  return {host: bracketed ?? (plain || '127.0.0.1'), port: port === undefined ? standard : Number(port)}
}

/** One word alone is the password, as for redis-cli. */
function readCredentials(text: string | undefined): Pick<RedisUrl, 'username' | 'password'> {
  if (text === undefined || text === '') return {username: undefined, password: undefined}
  const colon = text.indexOf(':')
  if (colon < 0) return {username: undefined, password: decoded(text)}
  return {username: colon === 0 ? undefined : decoded(text.slice(0, colon)), password: decoded(text.slice(colon + 1))}
}

function readDatabase(text: string | undefined): number {
  if (text === undefined || text === '') return 0
  if (!/^\d{1,9}$/.test(text)) throw new Error('a Redis URL ends in the number of its database')
  return Number(text)
}

function databaseIn(query: string | undefined): string | undefined {
  const given = new URLSearchParams(query ?? '')
  const unknown = [...given.keys()].find(key => key !== 'db')
  if (unknown !== undefined) throw new Error(`a Redis URL has no parameter ${JSON.stringify(unknown)}, only db`)
  return given.get('db') ?? undefined
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    // A lone % is a percent sign for redis-cli too.
    return text
  }
}
