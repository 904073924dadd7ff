import {readdir, stat} from 'node:fs/promises'
import {isIP} from 'node:net'
import path from 'node:path'
import type {ConnectionOptions} from 'node:tls'
import {faultOf} from './fault.ts'
import type {Conninfo} from './conninfo.ts'
import type {HostEntry} from './hosts.ts'
import {nameFault} from './server-name.ts'
import {readBoundedSoon} from '../../files/bounded-file.ts'

/**
 * libpq's meaning of `sslmode` once the session is encrypted: with a root certificate the chain is verified in every
 * mode; without one, `require` and below take any certificate and verify-* refuse. Only verify-full looks at the name.
 * Raises `config/invalid` for a file that cannot be used.
 */
export async function tlsOptions(conninfo: Conninfo, entry: HostEntry): Promise<ConnectionOptions> {
  const {settings} = conninfo
  const roots = await rootCertificates(conninfo)
  const sni = settings['sslsni'] !== '0' && entry.host !== '' && isIP(entry.host) === 0
  return {
    rejectUnauthorized: roots !== undefined,
    ...(roots === undefined ? {} : {ca: roots, ...(await revocations(conninfo))}),
    checkServerIdentity: (_, certificate) => {
      const fault = settings['sslmode'] === 'verify-full' ? nameFault(entry.host, certificate) : undefined
      return fault === undefined ? undefined : new Error(fault)
    },
    ...(sni ? {servername: entry.host} : {}),
    minVersion: version(settings['ssl_min_protocol_version']) ?? 'TLSv1',
    maxVersion: version(settings['ssl_max_protocol_version']) ?? 'TLSv1.3',
    ...(await clientCertificate(conninfo)),
  }
}

const version = (name: string | undefined): 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3' | undefined =>
  name === '' ? undefined : (name as 'TLSv1.2' | undefined)

const fileOf = ({settings, home}: Conninfo, keyword: string, standard: string): string =>
  path.resolve(settings[keyword] || path.join(home, standard))

async function rootCertificates(conninfo: Conninfo): Promise<string | string[] | undefined> {
  const {settings} = conninfo
  // Loaded here: it would slow down the start of every command.
  if (settings['sslrootcert'] === 'system') return (await import('node:tls')).getCACertificates('system')
  const file = fileOf(conninfo, 'sslrootcert', 'root.crt')
  if (await exists(file)) return readText(file, 'root certificate')
  if (settings['sslmode']?.startsWith('v') === true)
    throw faultOf(
      `sslmode=${settings['sslmode']} needs a root certificate, and ${file} does not exist`,
      'Name the file in sslrootcert, or let sslrootcert=system use the authorities of this host.',
    )
  return undefined
}

async function revocations(conninfo: Conninfo): Promise<ConnectionOptions> {
  const directory = conninfo.settings['sslcrldir']
  const file = fileOf(conninfo, 'sslcrl', 'root.crl')
  const lists = directory
    ? (await readdir(directory).catch(() => []))
        .filter(name => /\.r\d+$/.test(name))
        .map(name => path.join(directory, name))
    : []
  if (await exists(file)) lists.push(file)
  return lists.length === 0 ? {} : {crl: await Promise.all(lists.map(list => readText(list, 'revocation list')))}
}

async function clientCertificate(conninfo: Conninfo): Promise<ConnectionOptions> {
  const {settings} = conninfo
  const certificate = fileOf(conninfo, 'sslcert', 'postgresql.crt')
  if (settings['sslcertmode'] === 'disable' || !(await exists(certificate))) return {}
  const key = fileOf(conninfo, 'sslkey', 'postgresql.key')
  const found = await stat(key).catch(() => undefined)
  if (found === undefined) throw faultOf(`certificate ${certificate} has no private key: ${key} does not exist`)
  if (!found.isFile()) throw faultOf(`private key ${key} is not a regular file`)
  // A key of root's may be read by its group.
  if ((found.mode & (found.uid === 0 ? 0o037 : 0o077)) !== 0)
    throw faultOf(`others may read the private key ${key}`, 'chmod 0600; 0640 when it belongs to root.')
  return {
    cert: await readText(certificate, 'certificate'),
    key: await readText(key, 'private key'),
    ...(settings['sslpassword'] ? {passphrase: settings['sslpassword']} : {}),
  }
}

const exists = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    () => false,
  )

async function readText(file: string, what: string): Promise<string> {
  try {
    return (await readBoundedSoon(file)).toString('utf8')
  } catch (error) {
    throw faultOf(`${what} ${file} cannot be read: ${(error as NodeJS.ErrnoException).code ?? 'unknown error'}`)
  }
}
