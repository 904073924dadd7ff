import {faultOf} from './fault.ts'
import type {Keywords} from './keywords.ts'

/** One place of the list, as it was written. */
export interface HostEntry {
  /** A name, an address, or the directory of a socket. Empty when only `hostaddr` is given. */
  readonly host: string
  /** An address that saves asking for the name's. */
  readonly hostaddr: string
  /** Checked when its turn comes, as libpq does. */
  readonly port: string
}

/** Where a local server of Debian, Red Hat and their children listens. */
export const SOCKET_DIRECTORY = '/var/run/postgresql'

/** `host`, `hostaddr` and `port` as one list; nothing given is the local socket. Raises `config/invalid`. */
export function hostEntries(settings: Keywords): readonly HostEntry[] {
  const host = settings['host'] ?? ''
  const hostaddr = settings['hostaddr'] ?? ''
  const hosts = host.split(',')
  const addresses = hostaddr.split(',')
  const count = hostaddr === '' ? hosts.length : addresses.length
  if (host !== '' && hosts.length !== count)
    throw faultOf(`${hosts.length} hosts do not go with ${count} addresses of hostaddr`)
  const ports = (settings['port'] ?? '').split(',')
  if (ports.length !== 1 && ports.length !== count) throw faultOf(`${ports.length} ports do not go with ${count} hosts`)
  return Array.from({length: count}, (_, index) => {
    const address = addresses[index] ?? ''
    return {
      host: (hosts[index] ?? '') || (address === '' ? SOCKET_DIRECTORY : ''),
      hostaddr: address,
      port: (ports.length === 1 ? ports[0] : ports[index]) || '5432',
    }
  })
}

/** A path, or a name in the abstract space of Linux. */
export const isSocket = ({host, hostaddr}: HostEntry): boolean => hostaddr === '' && /^[/@]/.test(host)
