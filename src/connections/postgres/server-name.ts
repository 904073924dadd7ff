import {isIP, SocketAddress} from 'node:net'
import type {PeerCertificate} from 'node:tls'

/**
 * Whether a certificate is for this host, by the rules of libpq: an alternative name of the same sort decides; the
 * common name only counts where there is none. Returns what is wrong.
 */
export function nameFault(
  host: string,
  certificate: Pick<PeerCertificate, 'subject' | 'subjectaltname'>,
): string | undefined {
  if (host === '') return 'sslmode=verify-full needs a host name'
  const {names, addresses} = alternatives(certificate.subjectaltname ?? '')
  const address = isIP(host) !== 0
  if (names.some(name => matches(name, host))) return undefined
  if (address && addresses.some(one => sameAddress(one, host))) return undefined
  // A name that stands beside addresses only is still looked for in the common name, as before PostgreSQL 15.
  const decided = names.length > 0 || (address && addresses.length > 0)
  const common = [certificate.subject?.CN ?? []].flat()
  if (!decided && common.some(name => matches(name, host))) return undefined
  return `the certificate is not for ${host}`
}

/** Node quotes a name that holds a comma as JSON. */
function alternatives(text: string): {names: string[]; addresses: string[]} {
  const entries = text.match(/(?:[^,"]|"(?:[^"\\]|\\.)*")+/g) ?? []
  const values = (kind: string): string[] =>
    entries
      .map(entry => entry.trim())
      .filter(entry => entry.startsWith(kind))
      .map(entry => entry.slice(kind.length))
  return {names: values('DNS:'), addresses: values('IP Address:')}
}

/** `*.` stands for exactly one label, and only at the front. */
function matches(pattern: string, host: string): boolean {
  const [wanted, name] = [pattern.toLowerCase(), host.toLowerCase()]
  if (wanted === name) return true
  if (!wanted.startsWith('*.') || isIP(host) !== 0) return false
  const label = name.indexOf('.')
  return label > 0 && name.slice(label) === wanted.slice(1)
}

function sameAddress(one: string, other: string): boolean {
  const family = isIP(one)
  if (family === 0 || family !== isIP(other)) return false
  const spelled = (address: string): string =>
    new SocketAddress({address, family: family === 6 ? 'ipv6' : 'ipv4'}).address
  return spelled(one) === spelled(other)
}
