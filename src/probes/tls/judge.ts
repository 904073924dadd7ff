import type {X509Certificate} from 'node:crypto'
import type {Found} from '../../connections/attempt.ts'
import type {Check, Health} from '../../monitors/sample.ts'
import {escapeLine} from '../../text/escape.ts'
import type {TlsProbeSpec} from './schema.ts'
import {chainProblem, nameOf} from './words.ts'

const DAY_MS = 86_400_000
const WORST: Readonly<Record<Health, number>> = {up: 0, degraded: 1, down: 2}

/** What a handshake showed. */
export interface Handshake {
  /** The name that was asked for. */
  readonly name: string
  /** The server's own; its issuers, as far as they were sent, follow from it. */
  readonly certificate: X509Certificate
  /** `TLSv1.3` */
  readonly protocol: string
  readonly cipher: string
  /** Why the chain is not trusted: OpenSSL's code. */
  readonly problem: string | undefined
  readonly mismatch: boolean
}

/** The worst of chain, expiry, name and protocol; each is a check of its own. */
export function judgeHandshake(seen: Handshake, spec: TlsProbeSpec, now: number): Found {
  const expiry = judgeExpiry(chainOf(seen.certificate), spec, now)
  const checks: Check[] = [judgeChain(seen, now), expiry.check, judgeName(seen), judgeProtocol(seen, spec.minVersion)]
  const wrong = checks.filter(check => check.status !== 'up')
  const status = checks.reduce<Health>((worst, each) => (WORST[each.status] > WORST[worst] ? each.status : worst), 'up')
  const good = `${expiry.check.detail}, ${words(seen.protocol)}`
  return {
    status,
    // An expired certificate is one fault, though both the chain and the dates show it.
    reason: escapeLine(wrong.length === 0 ? good : [...new Set(wrong.map(({detail}) => detail))].join('; '), 300),
    checks,
    values: {certificateDays: Math.floor((expiry.endsAt - now) / DAY_MS)},
  }
}

/** The server's certificate and those of its issuers that it sent; a root is its own issuer. */
function chainOf(certificate: X509Certificate): readonly X509Certificate[] {
  const chain = [certificate]
  for (let next = certificate.issuerCertificate; next; next = next.issuerCertificate) {
    if (chain.some(({fingerprint256}) => fingerprint256 === next.fingerprint256)) break
    chain.push(next)
  }
  return chain
}

/** The first of the chain to end: an intermediate one that ends breaks as much. */
function judgeExpiry(
  chain: readonly X509Certificate[],
  {degradedBefore, downBefore}: TlsProbeSpec,
  now: number,
): {readonly check: Check; readonly endsAt: number} {
  const ends = chain.map((certificate, depth) => ({certificate, depth, at: certificate.validToDate.getTime()}))
  const first = ends.reduce((soonest, each) => (each.at < soonest.at ? each : soonest))
  const left = first.at - now
  const which = first.depth === 0 ? 'certificate' : `certificate of the issuer ${nameOf(first.certificate.subject)}`
  const date = new Date(first.at).toISOString().slice(0, 10)
  const detail =
    left <= 0 ? `${which} expired ${days(-left)} ago (${date})` : `${which} expires in ${days(left)} (${date})`
  const status = left <= downBefore ? 'down' : left <= degradedBefore ? 'degraded' : 'up'
  return {check: {name: 'expiry', status, detail}, endsAt: first.at}
}

const days = (ms: number): string => {
  const whole = Math.floor(ms / DAY_MS)
  return whole === 1 ? '1 day' : `${whole} days`
}

function judgeChain({certificate, problem}: Handshake, now: number): Check {
  if (problem === undefined)
    return {name: 'chain', status: 'up', detail: `issued by ${nameOf(certificate.issuer)}, trusted`}
  // The dates say when, which is more than that it is so.
  const told = problem === 'CERT_HAS_EXPIRED' && chainOf(certificate).some(each => each.validToDate.getTime() <= now)
  if (told) return {name: 'chain', status: 'up', detail: `issued by ${nameOf(certificate.issuer)}`}
  return {name: 'chain', status: 'down', detail: chainProblem(problem, certificate)}
}

function judgeName({certificate, mismatch, name}: Handshake): Check {
  if (!mismatch) return {name: 'name', status: 'up', detail: `is for ${escapeLine(name, 100)}`}
  const names = namesIn(certificate)
  const those = names.length === 0 ? nameOf(certificate.subject) : names.slice(0, 5).join(', ')
  const more = names.length > 5 ? ` and ${names.length - 5} more` : ''
  return {
    name: 'name',
    status: 'down',
    detail: escapeLine(`certificate is for ${those}${more}, not for ${name}`, 300),
  }
}

/** `DNS:a.example, IP Address:10.0.0.1`; quoted names, which hold commas, stay as they are. */
const namesIn = (certificate: X509Certificate): readonly string[] =>
  (certificate.subjectAltName ?? '')
    .split(', ')
    .filter(name => name !== '')
    .map(name => name.replace(/^(DNS|IP Address|URI|email):/, ''))

/** The newest version both sides speak is the one that is used. */
function judgeProtocol({protocol, cipher}: Handshake, minVersion: TlsProbeSpec['minVersion']): Check {
  const enough = protocol.replace('TLSv', '') >= minVersion
  return {
    name: 'protocol',
    status: enough ? 'up' : 'down',
    detail: enough ? `${words(protocol)}, ${cipher}` : `speaks ${words(protocol)}, and no TLS ${minVersion}`,
  }
}

const words = (protocol: string): string => protocol.replace('TLSv', 'TLS ')
