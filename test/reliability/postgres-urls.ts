import {dirname} from 'node:path'
import {randomFrom} from '../program/random.ts'
import {PASSWORD, type PostgresFleet, ROLE_NAMES} from '../servers/postgres-fleet.ts'

/** One connection string with the variables it is read under. */
export interface UrlCase {
  readonly text: string
  readonly env: Readonly<Record<string, string>>
}

type Pick = <T>(options: readonly T[]) => T

/** `count` connection strings from a seed: every dimension of libpq, alone and combined, and some that are broken. */
export function urlCases(fleet: PostgresFleet, count: number, seed: number): readonly UrlCase[] {
  const random = randomFrom(seed)
  const pick: Pick = options => options[Math.floor(random() * options.length)] as (typeof options)[number]
  return Array.from({length: count}, () => oneCase(fleet, pick, (share: number) => random() < share))
}

function oneCase(fleet: PostgresFleet, pick: Pick, chance: (share: number) => boolean): UrlCase {
  const env: Record<string, string> = {HOME: pick([fleet.homes.empty, fleet.homes.empty, fleet.homes.furnished])}
  const settings: Record<string, string> = {...places(fleet, pick, chance), ...login(fleet, env, pick, chance)}
  const often = [encryption(fleet, env, pick, chance), chance(0.5) ? others(fleet, env, pick) : {}]
  Object.assign(settings, ...often)
  // Some of what was written stands in the environment instead.
  for (const [keyword, variable] of Object.entries(VARIABLES))
    if (settings[keyword] !== undefined && chance(0.12)) {
      env[variable] = settings[keyword]
      delete settings[keyword]
    }
  if (chance(0.06))
    env[pick(['PGSSLMODE', 'PGPORT', 'PGTARGETSESSIONATTRS', 'PGCONNECT_TIMEOUT'])] = pick(['', 'nonsense', '1'])
  const text = chance(0.7) ? asUri(settings, pick, chance) : asKeywords(settings, chance)
  return {text: chance(0.08) ? broken(text, pick) : text, env}
}

const VARIABLES = {
  host: 'PGHOST',
  port: 'PGPORT',
  user: 'PGUSER',
  password: 'PGPASSWORD',
  dbname: 'PGDATABASE',
  sslmode: 'PGSSLMODE',
  sslrootcert: 'PGSSLROOTCERT',
  options: 'PGOPTIONS',
  target_session_attrs: 'PGTARGETSESSIONATTRS',
} as const

/** One to three of the servers, by name, address, socket, and one where nobody listens. */
function places(fleet: PostgresFleet, pick: Pick, chance: (share: number) => boolean): Record<string, string> {
  const servers = [fleet.tls, fleet.tls, fleet.tls, fleet.plain, fleet.standby]
  const one = (): {host: string; hostaddr: string; port: string} => {
    const server = pick(servers)
    const port = String(chance(0.08) ? fleet.deadPort : server.port)
    const [any, socket] = ['localhost', dirname(server.dir)]
    const host = pick([any, '127.0.0.1', any, '127.0.0.1', socket, 'db.elsewhere', chance(0.4) ? '::1' : any])
    const hostaddr = host === 'db.elsewhere' && chance(0.9) ? '127.0.0.1' : ''
    return {host, hostaddr, port}
  }
  const list = Array.from({length: pick([1, 1, 1, 1, 2, 2, 3])}, one)
  const addresses = list.map(({hostaddr}) => hostaddr).join(',')
  return {
    host: list.map(({host}) => host).join(','),
    port: chance(0.04) ? String(fleet.tls.port) : list.map(({port}) => port).join(','),
    ...(/\d/.test(addresses) ? {hostaddr: addresses} : {}),
    ...(chance(0.25)
      ? {
          target_session_attrs: pick([
            'any',
            'read-write',
            'read-only',
            'primary',
            'standby',
            'prefer-standby',
            chance(0.2) ? 'leader' : 'any',
          ]),
        }
      : {}),
  }
}

function login(
  fleet: PostgresFleet,
  env: Record<string, string>,
  pick: Pick,
  chance: (share: number) => boolean,
): Record<string, string> {
  const user = chance(0.06) ? {} : {user: pick(chance(0.06) ? ['refused', 'nobody'] : ROLE_NAMES)}
  const database = chance(0.08)
    ? {}
    : {
        dbname: pick([
          'shop',
          'shop',
          'shop',
          'shop',
          'shop',
          'odd db/é',
          'odd db/é',
          'odd db/é',
          chance(0.3) ? 'none' : 'shop',
          chance(0.3) ? 'closed' : 'shop',
        ]),
      }
  const password = pick([...Array<string>(8).fill('right'), 'wrong', 'file', 'file', 'open file', 'none', 'empty'])
  if (password === 'file') env['PGPASSFILE'] = fleet.files.passwords
  if (password === 'open file') env['PGPASSFILE'] = fleet.files.openPasswords
  const written = {right: {password: PASSWORD}, wrong: {password: 'wrong'}, empty: {password: ''}}[password as 'right']
  return {...user, ...database, ...written}
}

function encryption(
  {files}: PostgresFleet,
  env: Record<string, string>,
  pick: Pick,
  chance: (share: number) => boolean,
): Record<string, string> {
  if (chance(0.03)) env['PGREQUIRESSL'] = '1'
  const sslmode = chance(0.03)
    ? 'no-verify'
    : pick(['disable', 'allow', 'prefer', 'require', 'require', 'verify-ca', 'verify-full'])
  const roots = [
    files.authority,
    files.authority,
    files.authority,
    files.authority,
    files.stranger,
    '/no/such/file',
    '',
  ]
  const pair = chance(0.75)
    ? {sslcert: files.certificate, sslkey: files.key}
    : {sslcert: pick([files.certificate, '/no/such/file']), sslkey: pick([files.key, files.openKey, '/no/such/file'])}
  return {
    ...(chance(0.75) ? {sslmode} : {}),
    ...(chance(sslmode.startsWith('v') ? 0.85 : 0.3) ? {sslrootcert: pick(roots)} : {}),
    ...(chance(0.4) ? pair : {}),
    ...(chance(0.2) ? {channel_binding: pick(['disable', 'prefer', 'require', chance(0.2) ? 'maybe' : 'prefer'])} : {}),
    ...(chance(0.1) ? {ssl_min_protocol_version: pick(['TLSv1.2', 'TLSv1.3', chance(0.2) ? 'SSLv3' : 'TLSv1'])} : {}),
    ...(chance(0.1) ? {ssl_max_protocol_version: pick(['TLSv1.2', 'TLSv1.3', chance(0.2) ? 'TLSv1.1' : ''])} : {}),
    ...(chance(0.1) ? {sslsni: pick(['0', '1'])} : {}),
  }
}

function others({files}: PostgresFleet, env: Record<string, string>, pick: Pick): Record<string, string> {
  env['PGSERVICEFILE'] = files.services
  return pick<Record<string, string>>([
    {options: `-c work_mem=${pick(['1MB', '2MB'])}`},
    {options: '-c work_mem=nonsense'},
    {options: '-c search_path=public -c work_mem=3MB'},
    {options: '-c default_transaction_read_only=on', target_session_attrs: pick(['read-write', 'read-only'])},
    {application_name: pick(['shop', 'my shop'])},
    {connect_timeout: pick(['3', '10', '-1', '0', 'soon'])},
    {gssencmode: pick(['disable', 'prefer'])},
    {keepalives: pick(['0', '1', '1', 'x']), keepalives_idle: '30'},
    {service: pick(['shop', 'shop', 'tls', 'tls', 'broken', 'missing'])},
    {passfile: pick([files.passwords, '/no/such/file'])},
    {sslcompression: '1'},
    {krbsrvname: 'postgres'},
  ])
}

/** What can stand before the `?` does, most of the time. */
function asUri(settings: Readonly<Record<string, string>>, pick: Pick, chance: (share: number) => boolean): string {
  const left = {...settings}
  const take = (keyword: string): string | undefined => {
    const value = left[keyword]
    if (value === undefined || value === '' || chance(0.15)) return undefined
    delete left[keyword]
    return value
  }
  const written = (text: string): string => (chance(0.2) ? everyByte(text) : encodeURIComponent(text))
  const user = take('user')
  const password = user === undefined ? undefined : take('password')
  const credentials =
    user === undefined ? '' : `${written(user)}${password === undefined ? '' : `:${written(password)}`}@`
  const hosts = take('host')?.split(',')
  const ports =
    hosts === undefined || left['port']?.split(',').length !== hosts.length ? undefined : take('port')?.split(',')
  const place = (hosts ?? []).map((host, index) => {
    const port = ports === undefined ? '' : `:${ports[index] ?? ''}`
    return `${host.includes(':') ? `[${host}]` : host.startsWith('/') ? encodeURIComponent(host) : host}${port}`
  })
  const dbname = take('dbname')
  const query = Object.entries(left).map(([keyword, value]) => `${keyword}=${written(value)}`)
  const scheme = pick(['postgres://', 'postgresql://'])
  return `${scheme}${credentials}${place.join(',')}${dbname === undefined ? '' : `/${written(dbname)}`}${query.length === 0 ? '' : `?${query.join('&')}`}`
}

const everyByte = (text: string): string =>
  [...Buffer.from(text)].map(byte => `%${byte.toString(16).padStart(2, '0')}`).join('')

function asKeywords(settings: Readonly<Record<string, string>>, chance: (share: number) => boolean): string {
  const pairs = Object.entries(settings).map(([keyword, value]) => {
    const bare = /^[\w./:,-]+$/.test(value) && chance(0.7)
    return `${keyword}${chance(0.1) ? ' = ' : '='}${bare ? value : `'${value.replaceAll(/['\\]/g, '\\$&')}'`}`
  })
  return pairs.length === 0 ? 'host=' : pairs.join(chance(0.1) ? '  ' : ' ')
}

/** Mistakes that people make. */
function broken(text: string, pick: Pick): string {
  const uri = text.includes('://')
  const more = text.includes('?') ? '&' : '?'
  return pick([
    uri ? `${text}${more}schema=public` : `${text} schema=public`,
    uri ? `${text}${more}sslmode` : `${text} sslmode`,
    uri ? `${text}${more}ssl=true` : `${text} ssl=true`,
    uri ? `${text}%zz` : `${text} port='1`,
    uri ? text.replace('@', '%@') : text.replace('=', ' '),
    uri ? `${text}${more}port=99999` : `${text} port=99999`,
    uri ? `${text}${more}port=abc` : `${text} port=abc`,
    uri ? `${text}${more}options=a=b` : `${text} =b`,
    uri ? text.replace('://', '://[::1') : `${text} host=a,b,c,d port=1,2`,
    uri ? `${text}${more}dbname=shop&` : `${text} dbname=shop `,
    text.replace('%', '%%'),
    text.replace('/shop', '/shop '),
  ])
}
