import {execFileSync} from 'node:child_process'
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {generateIdentity, identityToRecipient} from 'age-encryption'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {freePorts} from '../../src/lab/ports.ts'
import type {Snapshot} from '../../src/overview/snapshot.ts'
import {foreignConfiguration, newServerConfiguration, type Safe} from '../foreign-production/configuration.ts'
import {
  ADMIN_PASSWORD,
  BROKEN,
  BUGGY,
  type ForeignProduction,
  startAdministered,
  startForeignProduction,
} from '../foreign-production/production.ts'
import {type Receiver, startReceiver} from '../foreign-production/receiver.ts'
import {startVisitors, type Visitors} from '../foreign-production/visitors.ts'
import {createProgram, type Ended, type Program, type Started, until} from '../program/program.ts'
import type {PostgresServer} from '../servers/postgres.ts'

const [OLD, NEW] = ['7.4.1', '7.5.1'] as const
const kept = mkdtempSync(path.join(tmpdir(), 'opsconsole-kept-'))
let production: ForeignProduction
let newServer: PostgresServer
let visitors: Visitors
let visited = 0
let receiver: Receiver
let program: Program
let safe: Safe
let agent: Started | undefined

beforeAll(async () => {
  ;[production, newServer, receiver] = await Promise.all([
    startForeignProduction(OLD, [NEW]),
    startAdministered(),
    startReceiver(),
  ])
  program = createProgram({env: {DATABASE_URL: production.shopUrl, REDIS_URL: production.redis.url}})
  visitors = visitorsOf()
}, 300_000)
afterAll(async () => {
  agent?.kill('SIGTERM')
  await agent?.ended
  await visitors?.stop()
  await Promise.allSettled([receiver?.stop(), newServer?.stop(), production?.stop()])
  program?.remove()
  rmSync(kept, {recursive: true, force: true})
}, 120_000)

const web = (): string => `http://127.0.0.1:${production.nginx.port}`
const visitorsOf = (): Visitors => startVisitors(web(), ['/health', '/', '/api/admin/ui-config'], 20)
/** Ends the visits, none of which may have gone wrong. */
const untroubled = async (): Promise<void> => {
  const {sent, good: fine, bad} = await visitors.stop()
  visited += sent
  expect({bad, unanswered: sent - fine}).toEqual({bad: {}, unanswered: 0})
}
const good = (ended: Ended): string => {
  expect(ended.code, ended.stdout + ended.stderr).toBe(0)
  return ended.stdout
}
const unattended = (runbook: string, ...args: readonly string[]): Promise<Ended> =>
  program.run('run', runbook, '--yes', '--confirm', 'production', '--reason', 'a foreign production', ...args)
const status = async (): Promise<Snapshot> => JSON.parse(good(await program.run('status', '--json'))) as Snapshot
/** Waits until what is shown is so; fails with what is shown instead. */
const shown = async (what: (snapshot: Snapshot) => boolean): Promise<Snapshot> => {
  let last = await status()
  const seen = until('what is shown', async () => what((last = await status())), 100_000)
  await seen.catch(() => expect.fail(JSON.stringify(last, undefined, 1)))
  return last
}

test('the five minutes of the README: init finds it, doctor has nothing against it, status says up', async () => {
  expect(good(await program.run('init', '--force', '--url', `${web()}/health`))).toContain('web, shop, redis')
  expect(good(await program.run('doctor'))).toMatch(/\b0 failed\n/)
  const first = await status()
  expect([...first.services, ...first.databases, ...first.caches].map(({name, state}) => [name, state])).toEqual([
    ['web', 'up'],
    ['shop', 'up'],
    ['redis', 'up'],
  ])
})

test('with its release, its backup and its page in the configuration, doctor names what a reload would undo', async () => {
  const identity = await generateIdentity()
  const identityFile = path.join(program.dir, 'age-identity')
  writeFileSync(identityFile, `${identity}\n`, {mode: 0o600})
  safe = {directory: kept, recipient: await identityToRecipient(identity), identityFile}
  writeFileSync(path.join(program.dir, 'opsconsole.yaml'), foreignConfiguration(production, safe, receiver.url))
  const said = good(await program.run('doctor'))
  expect(said).toMatch(/\b0 failed\n/)
  expect(said).toMatch(/release production\/flags .*level admin; a reload of HAProxy undoes what was moved/)
  const [port] = await freePorts(1)
  agent = program.start('agent', '--listen', `127.0.0.1:${port}`)
  const now = await shown(
    ({releases, services}) => releases[0]?.state === 'up' && services.every(({state}) => state === 'up'),
  )
  expect(now.releases[0]?.reason).toBe(`blue serves ${OLD}`)
}, 240_000)

test('a backup is taken over ssh, and read completely', async () => {
  expect(good(await unattended('backup'))).toContain('read completely: 5 tables')
  await shown(({backups, alerts}) => backups[0]?.state === 'up' && alerts.every(({state}) => state !== 'firing'))
}, 240_000)

test('a version that answers 500 is undone before anybody gets it', async () => {
  const failed = await unattended('deploy', '-p', `version=${BROKEN}`)
  expect(failed.stdout + failed.stderr).toMatch(/a flag that is not there.*500[^]*undone/)
  expect(failed.code).toBe(3)
  const now = await shown(({releases}) => releases[0]?.state === 'up')
  expect(now.releases[0]?.reason).toBe(`blue serves ${OLD}`)
  expect((await fetch(`${web()}/api/admin/features/xyz`)).status).toBe(404)
}, 240_000)

test('another version is deployed while people use the old one', async () => {
  const said = good(await unattended('deploy', '-p', `version=${NEW}`))
  expect(said).toMatch(/good: 0 of \d+ requests failed/)
  const now = await shown(({releases}) => releases[0]?.state === 'up' && releases[0].reason === `green serves ${NEW}`)
  expect(now.releases[0]).toMatchObject({rollback: {ready: true}})
}, 240_000)

test('a reload of HAProxy brings the old version back: it is named, and what is named puts it right', async () => {
  await production.haproxy.again('reload')
  const moved = await shown(({releases}) => releases[0]?.state === 'degraded')
  expect(moved.releases[0]?.reason).toContain(`moved outside opsconsole: blue serves ${OLD}`)
  const [, command = ''] = /Put it back: opsconsole run (.*?) \(/.exec(moved.releases[0]?.reason ?? '') ?? []
  const [runbook = '', ...args] = command.split(' ')
  expect(good(await unattended(runbook, ...args))).toContain(`${NEW} is live on green`)
  await shown(({releases}) => releases[0]?.state === 'up' && releases[0].reason === `green serves ${NEW}`)
}, 240_000)

test('a rollback brings the old version back, and does not forget why', async () => {
  expect(good(await unattended('rollback'))).toContain(`${OLD} is live on blue`)
  // A probe between the switch and the proof knows nothing of the verdict yet.
  const now = await shown(
    ({releases}) => releases[0]?.reason === `blue serves ${OLD}` && !(releases[0].rollback?.ready ?? true),
  )
  expect(now.releases[0]?.versions?.[0]).toMatchObject({
    version: NEW,
    fate: 'rolled back from',
    reason: 'a foreign production',
  })
}, 240_000)

test('a canary that nobody visits proves nothing: all traffic goes back, and its exit code is its own', async () => {
  await untroubled()
  const alone = await unattended('canary', '-p', `version=${NEW}`, '-p', 'stageTime=1s')
  expect(alone.stdout + alone.stderr).toMatch(/at 50 % nothing proved that 7\.5\.1 is good/)
  expect(alone.code).toBe(11)
  await shown(({releases}) => releases[0]?.state === 'up' && releases[0].reason === `blue serves ${OLD}`)
}, 240_000)

test('a canary that passes every test of its own and fails its users goes back by itself, and is remembered as bad', async () => {
  visitors = visitorsOf()
  const failed = await unattended('canary', '-p', `version=${BUGGY}`, '-p', 'stageTime=2m')
  expect(failed.stdout + failed.stderr).toMatch(/errors: \d+ of \d+ at the canary, 0 of \d+ at stable/)
  expect(failed.code, failed.stdout + failed.stderr).toBe(3)
  const now = await shown(({releases}) => releases[0]?.state === 'up' && releases[0].reason === `blue serves ${OLD}`)
  expect(now.releases[0]?.versions?.find(({version}) => version === BUGGY)).toMatchObject({fate: 'failed its watch'})
  const {bad, ...visits} = await visitors.stop()
  expect(bad).toEqual({500: visits.sent - visits.good})
  visitors = visitorsOf()
}, 240_000)

test('a canary of a good version gets all traffic, and a rollback takes it back', async () => {
  const said = good(await unattended('canary', '-p', `version=${NEW}`))
  expect(said).toMatch(/pass: not worse than stable over \d+ requests/)
  await shown(({releases}) => releases[0]?.state === 'up' && releases[0].reason === `green serves ${NEW}`)
  expect(good(await unattended('rollback'))).toContain(`${OLD} is live on blue`)
  await shown(({releases}) => releases[0]?.state === 'up' && releases[0].reason === `blue serves ${OLD}`)
}, 240_000)

test('the backup is restored on a new server, equal in everything that a restore must bring back', async () => {
  const there = `postgres://admin:${ADMIN_PASSWORD}@127.0.0.1:${newServer.port}/shop`
  const elsewhere = createProgram({config: newServerConfiguration(production, safe), env: {DATABASE_URL: there}})
  try {
    const consent = ['--yes', '--confirm', 'production', '--confirm', 'shop', '--reason', 'the old server is gone']
    // Roles are of the server, and this one has none of them: nothing begins that would fail in its middle.
    const refused = await elsewhere.run('run', 'restore', ...consent)
    expect({code: refused.code, said: refused.stdout + refused.stderr}).toEqual({
      code: 7,
      said: expect.stringContaining('app_owner'),
    })
    good(await elsewhere.run('run', 'restore', ...consent, '-p', 'globals=true'))
    expect(fingerprint(newServer)).toBe(fingerprint(production.postgres))
    expect(rolesOf(newServer)).toBe(rolesOf(production.postgres))
  } finally {
    elsewhere.remove()
  }
}, 240_000)

test('an incident: Redis dies, the page comes through, it is taken, diagnosed, put right and resolved', async () => {
  receiver.refuse(2)
  production.redis.kill()
  const fire = await shown(({alerts}) => alerts.some(({id, state}) => id === ALERT && state === 'firing'))
  expect(fire.caches[0]).toMatchObject({state: 'down', reason: expect.stringContaining('connection refused') as string})
  await waitForPage({id: ALERT, state: 'firing'})
  expect(receiver.refusals()).toBe(2)
  good(await program.run('alerts', 'ack', ALERT, '--note', 'starting it again'))
  expect(good(await unattended('diagnose'))).toContain('Look at: cache redis is down: connection refused')
  await production.redis.again()
  await shown(({caches, alerts}) => caches[0]?.state === 'up' && alerts.every(({state}) => state !== 'firing'))
  await waitForPage({id: ALERT, state: 'resolved'})
  const trail = good(await program.run('audit', 'list', '--json'))
  expect(trail).toContain('starting it again')
  expect(good(await program.run('audit', 'verify'))).toContain('VERIFIED')
}, 240_000)

test('nobody who used it noticed any of this but the bad canary', async () => {
  await untroubled()
  expect(visited).toBeGreaterThan(400)
})

const ALERT = 'down:cache/production/redis'
const waitForPage = (wanted: object): Promise<void> =>
  expect.poll(() => receiver.accepted, {timeout: 100_000}).toContainEqual(expect.objectContaining(wanted))

const fingerprint = (server: PostgresServer): string =>
  execFileSync(
    path.join(import.meta.dirname, '../foreign-production/fingerprint.sh'),
    ['shop', '-h', '127.0.0.1', '-p', String(server.port), '-U', 'postgres'],
    {encoding: 'utf8', env: {PATH: `${server.bin}:/usr/bin:/bin`}},
  )

/** With the hashes of their passwords. */
const rolesOf = (server: PostgresServer): string => {
  const names = ['app_owner', 'app_rw', 'app_ro', 'weird Role'].map(name => `'${name}'`)
  const sql = `select rolname, rolcanlogin, rolsuper, rolpassword from pg_authid where rolname in (${names.join()}) order by 1`
  return execFileSync(path.join(server.bin, 'psql'), ['-XAt', '-d', server.url, '-c', sql], {encoding: 'utf8'})
}
