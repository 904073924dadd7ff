import {urlToHttpOptions} from 'node:url'
import type {Call} from './exchange.ts'
import {OWN_HEADERS} from './exchange.ts'

/** Where a request goes, and what it says but for what becomes of the connection. */
export interface PlainRequest {
  readonly host: string
  readonly port: number
  readonly isHead: boolean
  readonly lines: string
}

/** Headers by which Node's client decides how it sends. */
const ITS_OWN = new Set(
  'host connection content-length transfer-encoding expect upgrade te trailer keep-alive proxy-connection cookie'.split(
    ' ',
  ),
)

/** Undefined: it is none that is asked plainly, or none that may be asked at all; Node's own client says which. */
export function plainRequest({
  url,
  method,
  headers,
}: Pick<Call, 'url' | 'method' | 'headers'>): PlainRequest | undefined {
  if (url.protocol !== 'http:' || url.username !== '' || url.password !== '') return undefined
  if (method !== 'GET' && method !== 'HEAD') return undefined
  const all = Object.entries({...OWN_HEADERS, ...headers})
  if (!all.every(([name, value]) => NAME.test(name) && VALUE.test(value) && !ITS_OWN.has(name.toLowerCase())))
    return undefined
  const {hostname, path} = urlToHttpOptions(url)
  const lines = [`${method} ${path} HTTP/1.1`, ...all.map(([name, value]) => `${name}: ${value}`), `Host: ${url.host}`]
  return {
    host: hostname ?? '',
    port: Number(url.port === '' ? 80 : url.port),
    isHead: method === 'HEAD',
    lines: lines.join('\r\n'),
  }
}

/** The bytes that Node's client would send. */
export const textOf = ({lines}: PlainRequest, keeps: boolean): string =>
  `${lines}\r\nConnection: ${keeps ? 'keep-alive' : 'close'}\r\n\r\n`

const NAME = /^[!#$%&'*+.^`|~\w-]+$/
const VALUE = /^[\t -~]*$/
