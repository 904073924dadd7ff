import {faultOf} from './fault.ts'
import {KEYWORDS, type Keywords} from './keywords.ts'

const PREFIX = /^postgres(?:ql)?:\/\//

export const isUri = (text: string): boolean => PREFIX.test(text)

/**
 * `postgres://[user[:password]@][host][:port][,…][/dbname][?keyword=value[&…]]`, read as libpq reads it: the first `@`
 * before any `/` ends the credentials, nothing but `%XX` is decoded, and a keyword in the query wins.
 * Raises `config/invalid`.
 */
export function parseUri(uri: string): Keywords {
  const rest = uri.replace(PREFIX, '')
  const credentials = /^([^@/]*)@/.exec(rest)
  const found: Record<string, string> = {}
  const keep = (keyword: string, value: string): void => {
    if (value !== '') found[keyword] = decode(value)
  }
  if (credentials !== null) {
    const [, user = '', password = ''] = /^([^:]*):?([^]*)$/.exec(credentials[1] ?? '') ?? []
    keep('user', user)
    keep('password', password)
  }
  const places = readPlaces(rest.slice(credentials?.[0].length ?? 0))
  keep('host', places.hosts.join(','))
  keep('port', places.ports.join(','))
  const [, dbname = '', query] = /^\/?([^?]*)(?:\?([^]*))?$/.exec(places.rest) ?? []
  keep('dbname', dbname)
  return query === undefined || query === '' ? found : {...found, ...readQuery(query)}
}

/** `host:port,host:port`, with the addresses of IPv6 in brackets; a list keeps its empty places. */
function readPlaces(text: string): {hosts: string[]; ports: string[]; rest: string} {
  const hosts: string[] = []
  const ports: string[] = []
  let rest = text
  for (;;) {
    const [whole, bracketed, plain = '', port = ''] = /^(?:\[([^\]]*)\]|([^:/?,[][^:/?,]*|))(?::([^/?,]*))?/.exec(
      rest,
    ) ?? ['']
    if (bracketed === '') throw faultOf('an IPv6 address may not be empty')
    rest = rest.slice(whole.length)
    if (rest.startsWith('[')) throw faultOf('an IPv6 address has no closing bracket')
    if (bracketed !== undefined && !/^(?:[/?,]|$)/.test(rest))
      throw faultOf('unexpected character after an IPv6 address: a port, / or , may follow')
    hosts.push(bracketed ?? plain)
    ports.push(port)
    if (!rest.startsWith(','))
      return {hosts, ports: ports.every(one => one === '') && ports.length === 1 ? [] : ports, rest}
    rest = rest.slice(1)
  }
}

function readQuery(query: string): Keywords {
  const found: Record<string, string> = {}
  const pairs = query.split('&')
  // One & at the very end is read over, as libpq does.
  if (pairs.at(-1) === '') pairs.pop()
  for (const pair of pairs) {
    const [name = '', value, ...more] = pair.split('=')
    const keyword = decode(name)
    if (value === undefined) throw faultOf(`"${shown(keyword)}" in the query has no value: KEYWORD=VALUE`)
    if (more.length > 0) throw faultOf(`"${shown(keyword)}" in the query has two "=": a value's own is written %3D`)
    const text = decode(value)
    if (keyword === 'ssl' && text === 'true') found['sslmode'] = 'require'
    else if (Object.hasOwn(KEYWORDS, keyword)) found[keyword] = text
    else throw faultOf(`"${shown(keyword)}" is not a keyword of PostgreSQL`)
  }
  return found
}

/** A badly written password may end up where a keyword belongs. */
export const shown = (keyword: string): string => (/^[a-zA-Z_]{1,32}$/.test(keyword) ? keyword : '…')

/** `%XX` only: a `+` stays a plus. */
function decode(text: string): string {
  if (!text.includes('%')) return text
  if (/%(?![0-9a-fA-F]{2})/.test(text)) throw faultOf('"%" that does not begin %XX: a percent sign is written %25')
  if (text.includes('%00')) throw faultOf('%00 is not allowed in a connection string')
  try {
    return decodeURIComponent(text)
  } catch {
    throw faultOf('what its %XX stand for is not UTF-8')
  }
}
