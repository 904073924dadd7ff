import path from 'node:path'
import {faultOf} from './fault.ts'
import {type HostEntry, hostEntries, isSocket} from './hosts.ts'
import {KEYWORDS, type Keywords} from './keywords.ts'
import {parseConnectionString} from './parse.ts'
import {readService} from './service-file.ts'
import {type Surroundings, surroundings} from './surroundings.ts'

/**
 * A connection string with everything that libpq would add to it: the service, the variables, the defaults. Plain
 * data; `{...conninfo, database}` is another database of the same server.
 */
export interface Conninfo {
  readonly hosts: readonly HostEntry[]
  readonly user: string
  readonly database: string
  /** Every keyword with a value, whoever gave it. */
  readonly settings: Keywords
  /** Certificates and the password file are looked for here. */
  readonly home: string
}

/** Reads a connection string the way libpq does. Raises `config/invalid`, without a word of the password. */
export async function readConninfo(text: string, around: Surroundings = surroundings()): Promise<Conninfo> {
  const written = parseConnectionString(text)
  const service = written['service'] ?? around.env['PGSERVICE']
  return completeConninfo({...(service === undefined ? {} : await readService(service, around)), ...written}, around)
}

/** The same from keywords that are known already. */
export function completeConninfo(written: Keywords, around: Surroundings): Conninfo {
  const settings = {...fromOutside(written, around), ...written}
  requireSense(settings)
  const user = settings['user'] || around.account
  if (user === '') throw faultOf('no user is given, and this process runs under no account')
  const hosts = hostEntries(settings)
  if (settings['requirepeer'] && hosts.some(isSocket)) throw faultOf('requirepeer is not supported by opsconsole')
  return {
    hosts,
    user,
    database: settings['dbname'] || user,
    settings,
    home: path.join(around.home, '.postgresql'),
  }
}

function fromOutside(written: Keywords, {env, home}: Surroundings): Keywords {
  const found: Record<string, string> = {passfile: path.join(home, '.pgpass')}
  for (const [keyword, {env: variable, default: standard}] of Object.entries(KEYWORDS)) {
    const value = (variable === undefined ? undefined : env[variable]) ?? standard
    if (value !== undefined) found[keyword] = value
  }
  if (env['PGSSLMODE'] === undefined) {
    if (env['PGREQUIRESSL']?.startsWith('1') === true) found['sslmode'] = 'require'
    // Certificates of public authorities prove a name, and nothing without it.
    else if ((written['sslrootcert'] ?? env['PGSSLROOTCERT']) === 'system') found['sslmode'] = 'verify-full'
  }
  return found
}

/** Refuses before anything is connected to; libpq calls the same things invalid. */
function requireSense(settings: Keywords): void {
  for (const [keyword, value] of Object.entries(settings)) {
    const {values, whole} = KEYWORDS[keyword] ?? {}
    if (values !== undefined && !values.includes(value) && !(value === '' && keyword.endsWith('protocol_version')))
      throw faultOf(`${keyword} should be one of ${values.join(', ')}`)
    if (whole === true && !/^\s*[+-]?\d+\s*$/.test(value)) throw faultOf(`${keyword} should be a whole number`)
  }
  const weak = !settings['sslmode']?.startsWith('v')
  if (settings['sslrootcert'] === 'system' && settings['sslmode'] !== 'verify-full')
    throw faultOf('sslrootcert=system needs sslmode=verify-full')
  if (settings['sslnegotiation'] === 'direct' && weak && settings['sslmode'] !== 'require')
    throw faultOf('sslnegotiation=direct needs sslmode=require, verify-ca or verify-full')
  const [least, most] = [settings['ssl_min_protocol_version'], settings['ssl_max_protocol_version']]
  if (least && most && most < least) throw faultOf('ssl_max_protocol_version is below ssl_min_protocol_version')
  requireAbilities(settings)
}

/** What would make a connection safer and cannot be done here is refused, never read over. */
function requireAbilities(settings: Keywords): void {
  if (settings['require_auth']) throw faultOf('require_auth is not supported by opsconsole')
  if (settings['sslcertmode'] === 'require') throw faultOf('sslcertmode=require is not supported by opsconsole')
  if (settings['gssencmode'] === 'require') throw faultOf('gssencmode=require: opsconsole cannot encrypt with GSSAPI')
  if (settings['sslkey']?.includes(':') === true && !settings['sslkey'].startsWith('/'))
    throw faultOf('sslkey should be a file: engines are not supported by opsconsole')
}
