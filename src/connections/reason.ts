import {messageOf} from '../errors.ts'
import {escapeLine} from '../text/escape.ts'
import {opensslWords} from './openssl-words.ts'

const IN_WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  EPIPE: 'connection closed',
  ETIMEDOUT: 'connection timed out',
  EHOSTUNREACH: 'no route to host',
  ENETUNREACH: 'network unreachable',
  ENOTFOUND: 'host name not found',
  EAI_AGAIN: 'name server did not answer',
  HPE_HEADER_OVERFLOW: 'answers with more headers than are read (64 KB)',
  EMFILE: 'this host is out of file descriptors',
  CERT_HAS_EXPIRED: 'certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'certificate chain has a self-signed certificate',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'certificate cannot be verified',
  ERR_TLS_CERT_ALTNAME_INVALID: 'certificate is for another host name',
}

/** What drivers say of an answer, where it speaks of themselves. */
const OF_DRIVERS: readonly (readonly [RegExp, string])[] = [
  [/^Unknown RESP type \d+ "(.)".*/s, 'what answers there does not speak as Redis does: it begins with "$1"'],
  [/^Connection terminated unexpectedly$/, 'the server closed the connection'],
]
const inOurWords = (said: string): string | undefined => {
  const found = OF_DRIVERS.find(([test]) => test.test(said))
  return found && said.replace(...found)
}

/** User and password of any URL inside a message: drivers like to quote what they were given. */
const CREDENTIALS = /(?<=[a-z][a-z0-9+.-]*:\/\/)[^\s/@]*@/gi

/** Why a connection failed, in one escaped line without credentials. */
export function reasonOf(thrown: unknown): string {
  const cause = innermost(thrown)
  const {code, hostname, address, port} = (cause ?? {}) as NodeJS.ErrnoException & {
    hostname?: string
    address?: string
    port?: number
  }
  const words = code === undefined ? undefined : IN_WORDS[code]
  const where = hostname ?? (address === undefined || port === undefined ? undefined : `${address}:${port}`)
  const said = words === undefined ? messageOf(cause) : ''
  const text =
    words === undefined
      ? (opensslWords(said) ?? inOurWords(said) ?? said)
      : where === undefined
        ? words
        : `${words}: ${where}`
  return escapeLine(text.replace(CREDENTIALS, ''), 300)
}

/** `fetch failed` and the error of several addresses hide what happened one level down. */
export function innermost(thrown: unknown): unknown {
  if (thrown instanceof AggregateError && thrown.errors.length > 0) return thrown.errors[0]
  if (thrown instanceof TypeError && thrown.cause instanceof Error) return innermost(thrown.cause)
  return thrown
}
