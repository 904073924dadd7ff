import {execFile} from 'node:child_process'
import {copyFileSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {promisify} from 'node:util'
import {freePorts} from '../../src/lab/ports.ts'
import {waitFor} from '../../src/lab/wait.ts'
import {type HaproxyServer, startHaproxy} from '../servers/haproxy.ts'
import {type PostgresServer, startPostgres} from '../servers/postgres.ts'
import {scratchDirectory} from '../servers/scratch.ts'
import {type Sshd, startSshd} from '../servers/sshd.ts'
import {type NginxServer, startNginx} from './nginx.ts'
import {type MortalRedis, startMortalRedis} from './mortal-redis.ts'
import {installUnleash, UNLEASH_PROGRAM} from './unleash.ts'

export const INSTANCES = ['blue1', 'blue2', 'green1', 'green2'] as const
export type InstanceName = (typeof INSTANCES)[number]

/**
 * A production that was not made for the console: nginx and HAProxy before a service from npm, PostgreSQL with roles and
 * extensions and a database of a shop beside that of the service, Redis with a password, and an sshd to get at the host.
 */
export interface ForeignProduction {
  readonly nginx: NginxServer
  readonly haproxy: HaproxyServer
  readonly postgres: PostgresServer
  readonly redis: MortalRedis
  readonly sshd: Sshd
  readonly ports: Readonly<Record<InstanceName, number>>
  /** URL of the database `shop` for its administrator. */
  readonly shopUrl: string
  /** Where the host keeps the service; the program `flags` of it starts and stops instances. */
  readonly home: string
  stop(): Promise<void>
}

/** A build of the operators' own: it says that it is healthy, and answers 500. */
export const BROKEN = '7.5.2-broken'
/** Another one: every test of it passes, and most front pages of its users are 500. */
export const BUGGY = '7.5.2-buggy'

const sourceFile = (name: string): string => path.join(import.meta.dirname, name)
export const ADMIN_PASSWORD = 'test-only-admin'

/** Everything is up, blue serves `version`; `others` are at hand for later. */
export async function startForeignProduction(
  version: string,
  others: readonly string[] = [],
): Promise<ForeignProduction> {
  const cleanups: (() => Promise<unknown>)[] = []
  const own = <T extends {stop(): Promise<unknown>}>(server: T): T => {
    cleanups.push(() => server.stop())
    return server
  }
  const stop = async (): Promise<void> => {
    for (const clean of cleanups.toReversed()) await clean().catch(() => {})
  }
  try {
    const [postgres, redis, sshd, versions, numbers, scratch] = await Promise.all([
      startShopServer().then(own),
      startMortalRedis().then(own),
      startSshd().then(own),
      Promise.all([version, ...others].map(installUnleash)),
      freePorts(INSTANCES.length),
      scratchDirectory('flags'),
    ])
    cleanups.unshift(() => scratch.remove())
    const ports = Object.fromEntries(INSTANCES.map((name, index) => [name, numbers[index]])) as Record<
      InstanceName,
      number
    >
    writeHome(scratch.dir, {postgres, ports, version, directory: versions[0] as string})
    const flags = (...args: readonly string[]) =>
      promisify(execFile)(path.join(scratch.dir, 'flags'), args, {cwd: scratch.dir})
    cleanups.push(() => Promise.all(INSTANCES.map(name => flags('stop', name))))
    for (const name of ['blue1', 'blue2'] as const) {
      await flags('start', name, version)
      // The first one makes the tables of the service.
      await serves(`http://127.0.0.1:${ports[name]}/health`)
    }
    const text = readFileSync(sourceFile('haproxy.cfg'), 'utf8')
    const haproxy = own(
      await startHaproxy(text.replaceAll(/\{(\w+\d)\}/g, (_, name: InstanceName) => `${ports[name]}`)),
    )
    const nginx = own(await startNginx(haproxy.port))
    await serves(`http://127.0.0.1:${nginx.port}/health`)
    const shopUrl = `postgres://admin:${ADMIN_PASSWORD}@127.0.0.1:${postgres.port}/shop`
    return {nginx, haproxy, postgres, redis, sshd, ports, shopUrl, home: scratch.dir, stop}
  } catch (error) {
    await stop()
    throw error
  }
}

/** A PostgreSQL as of somebody else: passwords for everybody, and an administrator who may do everything. */
export const startAdministered = (): Promise<PostgresServer> =>
  startPostgres([], {
    access: ['local all all trust', 'host all postgres 127.0.0.1/32 trust', 'host all all 127.0.0.1/32 scram-sha-256'],
    sql: [`create role admin superuser login password '${ADMIN_PASSWORD}'`],
  })

async function startShopServer(): Promise<PostgresServer> {
  const postgres = await startAdministered()
  const psql = (...args: readonly string[]) =>
    promisify(execFile)('psql', ['-XAq', '-v', 'ON_ERROR_STOP=1', '-d', postgres.url, ...args], {
      env: {PATH: `${postgres.bin}:/usr/bin:/bin`},
    })
  await psql('-f', sourceFile('shop.sql'))
  await psql('-c', "create role flags login password 'test-only'", '-c', 'create database flags owner flags')
  return postgres
}

function writeHome(
  dir: string,
  facts: {
    readonly postgres: PostgresServer
    readonly ports: Readonly<Record<InstanceName, number>>
    readonly version: string
    readonly directory: string
  },
): void {
  copyFileSync(sourceFile('flags'), path.join(dir, 'flags'))
  for (const [version, source] of [
    [BROKEN, 'broken-build.cjs'],
    [BUGGY, 'buggy-build.cjs'],
  ] as const) {
    const build = path.join(dir, 'builds', version, UNLEASH_PROGRAM)
    mkdirSync(path.dirname(build), {recursive: true})
    copyFileSync(sourceFile(source), build)
  }
  for (const name of INSTANCES) writeFileSync(path.join(dir, `${name}.port`), `${facts.ports[name]}\n`)
  const environment = {
    FLAGS_NODE: process.execPath,
    FLAGS_PROGRAM: UNLEASH_PROGRAM,
    FLAGS_VERSIONS: facts.directory.slice(0, -`-${facts.version}`.length),
    FLAGS_DATABASE_URL: `postgres://flags:test-only@127.0.0.1:${facts.postgres.port}/flags`,
  }
  writeFileSync(
    path.join(dir, 'environment'),
    Object.entries(environment)
      .map(([name, value]) => `${name}='${value}'\n`)
      .join(''),
  )
}

async function serves(url: string): Promise<void> {
  const answers = async (): Promise<boolean> => (await fetch(url, {signal: AbortSignal.timeout(5000)})).status === 200
  if (!(await waitFor(answers, {timeoutMs: 120_000, everyMs: 100}))) throw new Error(`${url} does not answer 200`)
}
