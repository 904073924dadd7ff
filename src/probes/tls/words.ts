import type {X509Certificate} from 'node:crypto'
import {reasonOf} from '../../connections/reason.ts'
import {escapeLine} from '../../text/escape.ts'

/** The common name of a subject or issuer as Node writes it, a field a line; else its first field. */
export function nameOf(distinguished: string | undefined): string {
  const fields = (distinguished ?? '').split('\n').filter(field => field !== '')
  const named = fields.find(field => field.startsWith('CN=')) ?? fields[0]
  return escapeLine(named?.replace(/^[A-Za-z]+=/, '') ?? 'nobody', 100)
}

/** Why a chain is not trusted, and what to do, for OpenSSL's code. */
export function chainProblem(code: string, certificate: X509Certificate): string {
  const issuer = nameOf(certificate.issuer)
  switch (code) {
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
      return 'certificate is self-signed: no authority vouches for it'
    case 'SELF_SIGNED_CERT_IN_CHAIN':
      return `the root of the chain of ${issuer} is not trusted here; if it is yours, name its file in ca`
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
      return `issuer ${issuer} is neither trusted here nor sent along: the server lacks an intermediate certificate, or ca lacks the root`
    case 'CERT_NOT_YET_VALID':
      return `certificate is valid only from ${certificate.validFromDate.toISOString()}; is the clock of this machine right?`
    case 'CERT_HAS_EXPIRED':
      return 'a certificate of the chain has expired'
    case 'INVALID_PURPOSE':
      return 'certificate is not meant for servers'
    case 'INVALID_CA':
      return `issuer ${issuer} may not issue certificates`
    case 'PATH_LENGTH_EXCEEDED':
    case 'CERT_CHAIN_TOO_LONG':
      return 'the chain is longer than its authority allows'
    case 'CERT_SIGNATURE_FAILURE':
      return `the signature of ${issuer} is wrong`
    case 'CERT_REVOKED':
      return 'certificate was revoked'
    case 'EE_KEY_TOO_SMALL':
    case 'CA_KEY_TOO_SMALL':
      return 'a key of the chain is too short to be safe'
    case 'CA_MD_TOO_WEAK':
      return 'the chain is signed with a digest that is no longer safe'
    default:
      return `certificate is not trusted (${code.toLowerCase().replaceAll('_', ' ')})`
  }
}

const HANDSHAKES: readonly (readonly [RegExp, (name: string) => string])[] = [
  [/WRONG_VERSION_NUMBER|PACKET_LENGTH|HTTP_REQUEST|UNEXPECTED_MESSAGE/, () => 'what answers there does not speak TLS'],
  [/PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL|VERSION_TOO_LOW/, () => 'the server speaks no TLS 1.2 or newer'],
  [/UNRECOGNIZED_NAME/, name => `the server knows no host ${name}`],
  [
    /HANDSHAKE_FAILURE|NO_SHARED_CIPHER|NO_CIPHERS/,
    () => 'the server refused the handshake: no cipher in common, or nothing to show for this name',
  ],
  [/CERTIFICATE_REQUIRED|BAD_CERTIFICATE/, () => 'the server requires a client certificate'],
  [/INTERNAL_ERROR/, () => 'the server failed during the handshake'],
]

/** A handshake that failed, in words; errors of the connection keep their own. */
export function handshakeFailure(error: Error, name: string): Error {
  const {code = ''} = error as NodeJS.ErrnoException
  if (code === 'ECONNRESET') return new Error('the server closed the connection during the handshake', {cause: error})
  if (!code.startsWith('ERR_SSL_')) return new Error(reasonOf(error), {cause: error})
  const known = HANDSHAKES.find(([pattern]) => pattern.test(code))
  const text =
    known?.[1](escapeLine(name, 100)) ?? `the handshake failed (${code.slice(8).toLowerCase().replaceAll('_', ' ')})`
  return new Error(text, {cause: error})
}
