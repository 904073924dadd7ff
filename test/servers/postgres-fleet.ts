import {chmodSync, copyFileSync, mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {freePorts} from '../../src/lab/ports.ts'
import {type Authority, makeAuthority} from './certificates.ts'
import {type PostgresServer, startPostgres} from './postgres.ts'
import {scratchDirectory} from './scratch.ts'

export const PASSWORD = `p@ss:w/o?rd#1 %25&='\\é`

/** Servers that differ in what libpq cares about. Each has the same roles and databases. */
export interface PostgresFleet {
  /** Encrypts; its certificate is for localhost and 127.0.0.1. */
  readonly tls: PostgresServer
  /** Does not encrypt. */
  readonly plain: PostgresServer
  /** Encrypts, a standby, and its certificate is for another name. */
  readonly standby: PostgresServer
  /** Nobody listens here. */
  readonly deadPort: number
  readonly files: {
    readonly authority: string
    readonly stranger: string
    readonly certificate: string
    readonly key: string
    readonly openKey: string
    readonly passwords: string
    readonly openPasswords: string
    readonly services: string
  }
  /** A home without anything, and one whose ~/.postgresql and ~/.pgpass count. */
  readonly homes: {readonly empty: string; readonly furnished: string}
  stop(): Promise<void>
}

/** Role: how it may come in over TCP. */
const ROLES = ['scram', 'md5', 'trusted', 'tlsonly', 'plainonly', 'certified', 'refused'] as const
export const ROLE_NAMES: readonly string[] = ROLES.filter(role => role !== 'refused')

const SQL = [
  ...ROLES.filter(role => role !== 'md5').map(role => `create role ${role} login password $x$${PASSWORD}$x$`),
  `set password_encryption = 'md5'`,
  `create role md5 login password $x$${PASSWORD}$x$`,
  'create role root login',
  'create database shop',
  'create database "odd db/é"',
  'create database closed',
  'revoke connect on database closed from public',
]

/** A line for each role; the order is what decides. */
const access = (tls: boolean): string[] => [
  'local all all trust',
  'host all postgres 127.0.0.1/32 trust',
  'host all trusted all trust',
  'host all md5 all md5',
  ...(tls ? ['hostssl all tlsonly all scram-sha-256', 'hostssl all certified all cert'] : []),
  'hostnossl all plainonly all scram-sha-256',
  'host all scram all scram-sha-256',
  'host all all all reject',
]

export async function startPostgresFleet(): Promise<PostgresFleet> {
  const scratch = await scratchDirectory('fleet')
  const at = (name: string): string => join(scratch.dir, name)
  const authority = makeAuthority(scratch.dir, 'authority')
  const files = writeFiles(at, authority)
  const tls = authority.issue('server', {subject: 'server', names: 'DNS:localhost,IP:127.0.0.1'})
  const other = authority.issue('other', {subject: 'db.elsewhere', names: 'DNS:db.elsewhere'})
  const ca = authority.file
  const encrypting = (pair: typeof tls) => ({'server.crt': pair.certificate, 'server.key': pair.key})
  const ssl = ['ssl=on', `ssl_ca_file=${ca}`]
  const started = await Promise.all([
    startPostgres(ssl, {sql: SQL, access: access(true), files: encrypting(tls)}),
    startPostgres([], {sql: SQL, access: access(false)}),
    startPostgres(ssl, {sql: SQL, access: access(true), files: {...encrypting(other), 'standby.signal': ''}}),
  ])
  const [deadPort = 0] = await freePorts(1)
  return {
    tls: started[0],
    plain: started[1],
    standby: started[2],
    deadPort,
    files,
    homes: furnish(at, files),
    async stop() {
      await Promise.all(started.map(server => server.stop()))
      await scratch.remove()
    },
  }
}

function writeFiles(at: (name: string) => string, authority: Authority): PostgresFleet['files'] {
  const escaped = PASSWORD.replaceAll(/[:\\]/g, '\\$&')
  const stranger = makeAuthority(at(''), 'stranger')
  authority.issue('client', {subject: 'certified'})
  chmodSync(at('client.key'), 0o600)
  copyFileSync(at('client.key'), at('open.key'))
  chmodSync(at('open.key'), 0o644)
  for (const [name, mode] of [
    ['passwords', 0o600],
    ['open-passwords', 0o644],
  ] as const)
    writeFileSync(
      at(name),
      `# ours\n*:1:*:*:no\n*:*:closed:*:no\nlocalhost:*:*:scram:${escaped}\n*:*:shop:*:${escaped}\n`,
      {mode},
    )
  writeFileSync(at('services'), '[shop]\ndbname=shop\nuser=trusted\n[broken]\nnonsense=1\n[tls]\nsslmode=require\n')
  return {
    authority: authority.file,
    stranger: stranger.file,
    certificate: at('client.crt'),
    key: at('client.key'),
    openKey: at('open.key'),
    passwords: at('passwords'),
    openPasswords: at('open-passwords'),
    services: at('services'),
  }
}

function furnish(at: (name: string) => string, files: PostgresFleet['files']): PostgresFleet['homes'] {
  mkdirSync(at('empty'))
  mkdirSync(at('furnished/.postgresql'), {recursive: true})
  copyFileSync(files.authority, at('furnished/.postgresql/root.crt'))
  copyFileSync(files.certificate, at('furnished/.postgresql/postgresql.crt'))
  copyFileSync(files.key, at('furnished/.postgresql/postgresql.key'))
  copyFileSync(files.passwords, at('furnished/.pgpass'))
  return {empty: at('empty'), furnished: at('furnished')}
}
