import {existsSync} from 'node:fs'
import path from 'node:path'
import type {Conninfo} from './conninfo.ts'
import {faultOf} from './fault.ts'
import type {HostEntry} from './hosts.ts'
import {KEYWORDS} from './keywords.ts'

/** Names of the server that was reached, instead of the list; and what each program gets in its own way. */
const GIVEN_APART = new Set([
  'host',
  'hostaddr',
  'port',
  'user',
  'dbname',
  'service',
  'target_session_attrs',
  'load_balance_hosts',
])
const FILES = new Set(['sslcert', 'sslkey', 'sslrootcert', 'sslcrl', 'sslcrldir', 'passfile'])

/** Where Debian, Red Hat, Alpine and SUSE keep the authorities that `sslrootcert=system` means. */
const SYSTEM_BUNDLES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/cert.pem',
  '/etc/ssl/ca-bundle.pem',
]

/**
 * The environment for pg_dump, pg_restore and psql that means what the session means: same server, same secrets, same
 * certificates. Nothing of it stands in their arguments, which everybody on the host may read.
 */
export function toolEnvironment(conninfo: Conninfo, reached: HostEntry): Record<string, string> {
  const {settings} = conninfo
  if (settings['sslpassword'])
    throw faultOf(
      'sslpassword cannot be given to pg_dump',
      'Use a private key without a passphrase, readable by this account only.',
    )
  const found: Record<string, string> = {
    PGHOST: reached.host,
    ...(reached.hostaddr === '' ? {} : {PGHOSTADDR: reached.hostaddr}),
    PGPORT: reached.port.trim(),
    PGUSER: conninfo.user,
    PGDATABASE: conninfo.database,
    PGCONNECT_TIMEOUT: '10',
    PGAPPNAME: 'opsconsole',
  }
  for (const [keyword, value] of Object.entries(settings)) {
    const {env, default: standard, ignored} = KEYWORDS[keyword] ?? {}
    if (env === undefined || ignored === true || GIVEN_APART.has(keyword)) continue
    // What a program would do anyway is left out: an older one may not know the word.
    if (value === standard || (value === '' && keyword !== 'sslsni')) continue
    found[env] = FILES.has(keyword) ? fileFor(keyword, value) : value
  }
  return found
}

function fileFor(keyword: string, value: string): string {
  if (keyword !== 'sslrootcert' || value !== 'system') return path.resolve(value)
  return SYSTEM_BUNDLES.find(bundle => existsSync(bundle)) ?? value
}
