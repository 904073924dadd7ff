import type {SecretRef} from '../config/fields.ts'
import {escapeLine} from '../text/escape.ts'
import {addressOfKeywords} from './postgres/address.ts'
import type {Keywords} from './postgres/keywords.ts'
import {redisUrlFault} from './redis/url.ts'
import {parseConnectionString} from './postgres/parse.ts'
import {needsEncoding} from './raw-password.ts'

/** A URL for people: scheme, host, port and path, never user, password, query or fragment. */
export function safeAddress(url: string): string {
  const postgres = keywordsIn(url)
  if (needsEncoding(url, postgres?.password)) return 'a URL whose password needs percent-encoding'
  if (postgres !== undefined) return addressOfKeywords(postgres)
  if (/^rediss?(?:\+sentinel)?:/i.test(url)) return addressOfRedis(url)
  if (!URL.canParse(url)) return 'an address that is not a URL'
  const {protocol, host, pathname} = new URL(url)
  return escapeLine(`${protocol}//${host}${pathname === '/' ? '' : pathname}`, 200)
}

/** Of a Redis URL that may name several Sentinels. */
function addressOfRedis(text: string): string {
  if (redisUrlFault(text) !== undefined) return 'an address that is not a URL'
  const [, scheme = '', rest = ''] = /^([a-z+]+):\/\/(?:[^/?#]*@)?([^?#]*)/i.exec(text.trim()) ?? []
  return escapeLine(`${scheme.toLowerCase()}://${rest.replace(/\/$/, '')}`, 200)
}

/** A PostgreSQL URL may name several hosts or none, and need not be a URL. */
function keywordsIn(text: string): Keywords | undefined {
  try {
    return parseConnectionString(text)
  } catch {
    return undefined
  }
}

/** The address of a URL that may be kept elsewhere, before anybody has read it. */
export function addressOfRef(ref: SecretRef): string {
  if (typeof ref === 'string') return safeAddress(ref)
  if ('env' in ref) return escapeLine(`from $${ref.env}`, 200)
  if ('file' in ref) return escapeLine(`from ${ref.file}`, 200)
  return escapeLine(`from ${ref.command[0] ?? 'a command'}`, 200)
}
