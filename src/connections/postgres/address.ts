import {escapeLine} from '../../text/escape.ts'
import {type HostEntry, isSocket} from './hosts.ts'
import type {Keywords} from './keywords.ts'

/** Where a session goes, for people: never a user, a password or a query. */
export function addressOfHosts(hosts: readonly HostEntry[], database: string): string {
  const places = hosts.map(entry => {
    const name = entry.host || entry.hostaddr
    const shown = !isSocket(entry) && name.includes(':') ? `[${name}]` : name
    return `${shown}:${entry.port}`
  })
  return escapeLine(`postgres://${places.join(',')}${database === '' ? '' : `/${database}`}`, 200)
}

/** The same from what was written alone, before the environment is asked. */
export function addressOfKeywords(written: Keywords): string {
  const names = (written['host'] || written['hostaddr'] || '').split(',')
  const ports = (written['port'] ?? '').split(',')
  const places = names.map((name, index) => {
    const port = ports.length === 1 ? ports[0] : ports[index]
    const shown = name.includes(':') && !name.startsWith('/') ? `[${name}]` : name
    return port ? `${shown}:${port}` : shown
  })
  const database = written['dbname'] ?? ''
  return escapeLine(`postgres://${places.join(',')}${database === '' ? '' : `/${database}`}`, 200)
}
