import {chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import os from 'node:os'
import path from 'node:path'
import {setTimeout} from 'node:timers/promises'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {type HaproxyServer, startHaproxy} from '../../../test/servers/haproxy.ts'
import {type RedisServer, startRedis} from '../../../test/servers/redis.ts'
import {allTargets} from '../../config/all-targets.ts'
import {forgetfulMemory} from '../../kinds/memory.ts'
import {readConfig} from '../../config/load.ts'
import {createSecretResolver} from '../../config/secrets.ts'
import {verifyOwnTrail} from '../../store/verify-trail.ts'
import {OpsError} from '../../errors.ts'
import type {RunbookRow} from '../../runbooks/rows.ts'
import {probeTools} from '../../../test/probe-tools.ts'
import {execProgram} from '../../processes/run.ts'
import {systemClock} from '../../units/clock.ts'
import {openTrust} from '../../trust/trust.ts'
import type {ChangingContext} from '../command.ts'
import {createDoctorCommand} from './check.ts'
import {checkRuntime, checkTerminal, compareVersions, type ProcessFacts, sqliteVersion} from './runtime.ts'
import {checkStateDirectory} from './state-directory.ts'
import type {Check} from '../../kinds/verdict.ts'

const directory = mkdtempSync(path.join(os.tmpdir(), 'opsconsole-doctor-'))
const noTerminal: ProcessFacts = {
  node: process.versions.node,
  env: {},
  terminal: {input: false, output: false, columns: 0, rows: 0},
}

let redis: RedisServer
let haproxy: HaproxyServer
const web = createServer((_, response) => response.end('{}'))
const late = createServer((_, response) => {
  response.setHeader('date', new Date(Date.now() - 3_600_000).toUTCString()).end('{}')
})
const urlOf = (server: typeof web): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}/`

beforeAll(async () => {
  await Promise.all([web, late].map(server => new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))))
  redis = await startRedis()
  haproxy = await startHaproxy(`defaults
  mode http
  timeout connect 1s
  timeout client 1s
  timeout server 1s
frontend f
  bind 127.0.0.1:{port}
backend app
  server b 127.0.0.1:1 check
  server g 127.0.0.1:2 check disabled
`)
})
afterAll(async () => {
  await Promise.allSettled([redis?.stop(), haproxy?.stop()])
  web.close()
  late.close()
  rmSync(directory, {recursive: true, force: true})
})

const shipped: RunbookRow = {
  name: 'deploy',
  file: '/opt/deploy.js',
  shipped: true,
  summary: 'Deploy',
  description: '',
  danger: 'disruptive',
  problem: undefined,
  params: [],
}

function contextOf(
  config: () => ReturnType<ChangingContext['config']>,
  state = path.join(directory, 'state'),
): ChangingContext {
  const secret = createSecretResolver({exec: execProgram, env: {REDIS: redis.url}, cwd: directory, remember: () => {}})
  const tools = {...probeTools, secret, memory: forgetfulMemory()}
  const targets = () => allTargets(config(), tools, {ready: async () => {}, clean: text => text})
  return {
    trust: openTrust({}),
    targets,
    config,
    secret,
    stateDir: () => state,
    verifyAudit: () => verifyOwnTrail(state),
    engine: () => ({runbooks: async () => [shipped]}),
    exec: execProgram,
    clock: systemClock,
    signal: new AbortController().signal,
  } as unknown as ChangingContext
}

async function examine(text: string) {
  const context = contextOf(() => readConfig(text, path.join(directory, 'opsconsole.yaml')))
  const result = await createDoctorCommand(() => noTerminal).run({args: [], flags: {}}, context)
  const {checks} = result.data as {checks: Check[]}
  return {result, of: (name: string) => checks.find(check => check.name === name), checks}
}

const release = (socket: string, program = 'sh'): string => `releases:
  - name: web
    traffic: {type: haproxy, socket: ${socket}, backend: app}
    slots:
      - {name: blue, instances: [{name: b, url: "http://127.0.0.1:1"}]}
      - {name: green, instances: [{name: g, url: "http://127.0.0.1:2"}]}
    instances: {type: command, deploy: [${program}], stop: [${program}]}
`

describe('doctor', () => {
  test('finds nothing wrong where nothing is, and exits 0', async () => {
    const {result, of, checks} = await examine(`environments: [{name: production}]
services: [{name: web, probe: {type: http, url: "${urlOf(web)}"}}]
caches: [{name: cache, url: {env: REDIS}}]
${release(haproxy.socket)}`)
    expect(checks.filter(({status}) => status === 'failed')).toEqual([])
    expect(result.exitCode).toBe(0)
    expect(of('configuration')?.detail).toContain(
      '1 environment, 1 service, 0 databases, 1 cache, 0 backups, 1 release',
    )
    expect(of('secrets')?.detail).toBe('1 read: environment variable REDIS')
    expect(of('cache production/cache')?.detail).toMatch(/^\d+\.\d+/)
    expect(of('release production/web')?.detail).toMatch(/^HAProxy \d.*level admin; a reload of HAProxy undoes/)
    expect(of('clock')?.status).toBe('ok')
  })

  test('names each thing that is wrong with what to do, and exits 1', async () => {
    writeFileSync(path.join(directory, 'open-secret'), redis.url, {mode: 0o644})
    const {result, of} = await examine(`environments: [{name: production}]
services:
  - {name: gone, probe: {type: tcp, host: 127.0.0.1, port: 1}}
  - {name: late, probe: {type: http, url: "${urlOf(late)}"}}
caches: [{name: readable, url: {file: open-secret}}, {name: unset, url: {env: NOT_SET}}]
databases: [{name: shop, url: "postgres://127.0.0.1:1/shop", timeout: 3s}]
backups: [{name: b, database: shop, storage: {type: dir, path: not-yet}, encryption: {recipients: [age1abc]}}]
${release('/nowhere/admin.sock')}`)
    expect(result.exitCode).toBe(1)
    expect(of('service production/gone')?.status).toBe('failed')
    expect(of('database production/shop')?.status).toBe('failed')
    expect(of('release production/web')).toMatchObject({status: 'failed'})
    expect(of('secret caches/0/url')).toMatchObject({
      status: 'warning',
      fix: expect.stringContaining('chmod 600') as string,
    })
    expect(of('secret caches/1/url')).toMatchObject({
      status: 'failed',
      detail: 'environment variable NOT_SET is not set',
    })
    expect(of('backup production/b')?.status).toBe('warning')
    expect(of('clock')).toMatchObject({status: 'warning', detail: expect.stringMatching(/^1h ahead of/) as string})
    expect(of('pg_dump')?.detail).toMatch(/^\d+\.\d+$/)
    expect(result.text).toContain('→ ')
  })

  test('a release that no plan would take is not said to be fine', async () => {
    const {result, checks} = await examine(
      `environments: [{name: production}]\n${release(haproxy.socket, './gone').replace('backend: app', 'backend: ap')}`,
    )
    expect(result.exitCode).toBe(1)
    expect(checks.filter(({status}) => status === 'failed').map(({detail}) => detail)).toEqual([
      'HAProxy has no backend ap; it has app',
      expect.stringMatching(/^the deploy program .+\/gone is not there$/),
      expect.stringMatching(/^the stop program .+\/gone is not there$/),
    ])
  })

  test('nothing is asked before the runbooks are loaded: meanwhile its answer could not be read', async () => {
    let loaded = false
    const asked: boolean[] = []
    const server = createServer((_, response) => {
      asked.push(loaded)
      response.end('{}')
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const text = `environments: [{name: production}]
services: [{name: web, probe: {type: http, url: "${urlOf(server)}"}}]
`
    const context = {
      ...contextOf(() => readConfig(text, path.join(directory, 'opsconsole.yaml'))),
      engine: () => ({
        runbooks: async () => {
          // Asked too early, it is asked within this time.
          for (let waits = 0; waits < 50 && asked.length === 0; waits++) await setTimeout(10)
          loaded = true
          return [shipped]
        },
      }),
    } as unknown as ChangingContext
    const {text: said} = await createDoctorCommand(() => noTerminal).run({args: [], flags: {}}, context)
    server.close()
    expect(asked).toContain(true)
    expect(asked).not.toContain(false)
    expect(said).toMatch(/✓ ok {7}service production\/web/)
  })

  test('a refused configuration is shown whole, and the rest is still checked', async () => {
    const context = contextOf(() => {
      throw new OpsError('config/invalid', 'x.yaml: two things\na: b\nc: d', {hint: 'Fix it.'})
    })
    const {text, exitCode} = await createDoctorCommand(() => noTerminal).run({args: [], flags: {}}, context)
    expect(exitCode).toBe(1)
    expect(text).toMatch(/✗ failed {3}configuration +x\.yaml: two things\n +a: b\n +c: d\n +→ Fix it\./)
    expect(text).toMatch(/✓ ok {7}sqlite/)
  })
})

describe('the state directory', () => {
  test('is private, local and writable', () => {
    const made = path.join(directory, 'made')
    expect(checkStateDirectory(made)[0]).toMatchObject({name: 'state directory', status: 'ok'})
    chmodSync(made, 0o755)
    expect(checkStateDirectory(made)[0]).toMatchObject({status: 'warning', fix: `chmod 700 ${made}`})
  })

  test('that cannot be made is a failure', () => {
    writeFileSync(path.join(directory, 'file'), '')
    expect(checkStateDirectory(path.join(directory, 'file', 'below'))).toMatchObject([{status: 'failed'}])
  })

  test('in memory is warned about', () => {
    mkdirSync('/dev/shm/opsconsole-doctor-test', {recursive: true, mode: 0o700})
    const checks = checkStateDirectory('/dev/shm/opsconsole-doctor-test')
    rmSync('/dev/shm/opsconsole-doctor-test', {recursive: true})
    expect(checks.find(({name}) => name === 'state file system')).toMatchObject({status: 'warning'})
  })
})

test.each([
  ['24.15.0', '3.51.3', []],
  ['26.1.0', '3.53.4', []],
  ['24.14.9', '3.51.3', ['node']],
  ['24.21.0', '3.51.2', ['sqlite']],
  ['24.21.0', '3.50.7', []],
  ['24.21.0', '3.50.6', ['sqlite']],
])('Node %s with SQLite %s: %j failed', (node, sqlite, names) => {
  const bad = checkRuntime(node, sqlite, {}).filter(({status}) => status === 'failed')
  expect(bad.map(({name}) => name)).toEqual(names)
})

test('an environment in which no certificate is checked has failed', () => {
  expect(checkRuntime('24.21.0', '3.53.4', {NODE_TLS_REJECT_UNAUTHORIZED: '0'})).toMatchObject([
    {name: 'certificates', status: 'failed'},
    {status: 'ok'},
    {status: 'ok'},
  ])
})

test('this Node brings a good SQLite', () => {
  expect(compareVersions(sqliteVersion(), '3.51.3')).toBeGreaterThanOrEqual(0)
})

test.each([
  ['a good terminal', {TERM: 'xterm-256color', LANG: 'C.UTF-8'}, 120, 40, []],
  ['a small one', {TERM: 'xterm', LANG: 'C.UTF-8'}, 50, 10, ['terminal']],
  ['a dumb one', {TERM: 'dumb', LANG: 'C.UTF-8'}, 80, 24, ['terminal type']],
  ['one without UTF-8', {TERM: 'xterm', LANG: 'C'}, 80, 24, ['locale']],
  ['one in CI', {TERM: 'xterm', LANG: 'C.UTF-8', CI: 'true'}, 80, 24, ['CI']],
])('%s', (_, env, columns, rows, warned) => {
  const checks = checkTerminal({node: '', env, terminal: {input: true, output: true, columns, rows}})
  expect(checks.filter(({status}) => status === 'warning').map(({name}) => name)).toEqual(warned)
})
