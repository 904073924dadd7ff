import {lookup} from 'node:dns/promises'
import {isIP} from 'node:net'
import {untilAborted} from '../../units/until-aborted.ts'
import {faultOf} from './fault.ts'
import {type HostEntry, isSocket} from './hosts.ts'

/** Every address of a place, asked of the name server each time. */
export async function addressesOf(entry: HostEntry, signal: AbortSignal): Promise<readonly string[]> {
  requirePort(entry.port)
  if (entry.hostaddr !== '') {
    if (isIP(entry.hostaddr) === 0) throw new Error(`hostaddr is not an address: ${entry.hostaddr}`)
    return [entry.hostaddr]
  }
  if (entry.host.startsWith('@')) throw new Error('sockets in the abstract name space are not supported by opsconsole')
  if (isSocket(entry)) return [entry.host]
  const found = await untilAborted(signal, lookup(entry.host, {all: true}))
  return found.map(({address}) => address)
}

function requirePort(port: string): void {
  if (!/^\s*[+-]?\d+\s*$/.test(port)) throw faultOf('port should be a whole number')
  if (Number(port) < 1 || Number(port) > 65_535) throw new Error(`port ${Number(port)} is outside 1 to 65535`)
}
