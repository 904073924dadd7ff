import path from 'node:path'
import {faultOf} from './fault.ts'
import {KEYWORDS, type Keywords} from './keywords.ts'
import type {Surroundings} from './surroundings.ts'
import {shown} from './uri.ts'
import {readBoundedSoon} from '../../files/bounded-file.ts'

/** Debian's; libpq of another distribution is told by PGSYSCONFDIR. */
const SYSTEM_DIRECTORY = '/etc/postgresql-common'

/** The keywords of a service: PGSERVICEFILE or ~/.pg_service.conf, then the system's. Raises `config/invalid`. */
export async function readService(name: string, around: Surroundings): Promise<Keywords> {
  const own = around.env['PGSERVICEFILE'] || path.join(around.home, '.pg_service.conf')
  const shared = path.join(around.env['PGSYSCONFDIR'] || SYSTEM_DIRECTORY, 'pg_service.conf')
  for (const file of [own, shared]) {
    const text = await readBoundedSoon(file).then(String, () => undefined)
    const found = text === undefined ? undefined : parseService(text, name)
    if (found !== undefined) return found
  }
  throw faultOf(`service "${name}" is not defined`, `It is looked for in ${own} and ${shared}.`)
}

/** The lines under `[name]`, the first of each keyword; undefined when there is no such section. */
export function parseService(text: string, name: string): Keywords | undefined {
  const found: Record<string, string> = {}
  let inside = false
  let seen = false
  for (const raw of text.split('\n')) {
    const line = raw.trim()
    if (line === '' || line.startsWith('#')) continue
    if (line.startsWith('[')) {
      if (inside) break
      inside = line === `[${name}]`
      seen ||= inside
      continue
    }
    if (!inside) continue
    const at = line.indexOf('=')
    const keyword = at < 0 ? line : line.slice(0, at)
    if (at < 0 || keyword === 'service' || !Object.hasOwn(KEYWORDS, keyword))
      throw faultOf(`service "${name}": "${shown(keyword)}" is not KEYWORD=VALUE`)
    found[keyword] ??= line.slice(at + 1)
  }
  return seen ? found : undefined
}
