import {makeSigner} from '../servers/signer.ts'
import {mkdirSync, readdirSync, statSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {generateX25519Identity, identityToRecipient} from 'age-encryption'
import {Redis} from 'ioredis'
import {Client} from 'pg'
import type {Alert} from '../../src/alerts/state.ts'
import {alertStore} from '../../src/store/alerts.ts'
import {silenceStore} from '../../src/store/silences.ts'
import {openLockStore} from '../../src/store/locks.ts'
import {openStore} from '../../src/store/open.ts'
import {targetRecords} from '../../src/store/records.ts'
import {systemClock} from '../../src/units/clock.ts'
import {createProgram, eventsOf, type Program, until} from '../program/program.ts'
import {startPostgres} from '../servers/postgres.ts'
import {startRedis} from '../servers/redis.ts'

/** A real Redis, a real PostgreSQL with two backups, an alert, a lock, and runs that wait, that are lost, that are suspended. */
export interface World {
  readonly program: Program
  readonly configure: (how: {readonly readOnly?: boolean; readonly protected?: boolean}) => void
  /** Ids of the backups, oldest first. */
  readonly backups: readonly string[]
  readonly lock: string
  readonly waiting: {readonly run: string; readonly prompt: string}
  readonly suspended: string
  readonly ended: string
  lose(): Promise<string>
  keys(): Promise<string>
  alert(): string
  silences(): string
  /** What is kept of the schedule. */
  schedule(): string
  stop(): Promise<void>
}

export const ALERT = 'down/shop/service/web'
export const SILENCE = 's1'
export const UNDELIVERED = 'slow:service/shop/web'

const BOOK = (
  name: string,
  run: string,
): string => `import {runbook, step} from 'opsconsole'; export default runbook({name: '${name}', summary: 'For the table', danger: 'disruptive', plan: () => [
  step({id: 'a', title: 'Do it', onUnknown: 'ask', ${run}, undo: async () => {}})]})`

export async function openWorld(): Promise<World> {
  const [redis, postgres, identity] = await Promise.all([startRedis(), startPostgres(), generateX25519Identity()])
  const recipient = await identityToRecipient(identity)
  const database = postgres.url.replace(/\/postgres$/, '/shop')
  await query(postgres.url, 'CREATE DATABASE shop')
  await query(database, 'CREATE TABLE things AS SELECT generate_series(1, 100) AS id')
  const text = ({readOnly = false, protected: guarded = false}): string => `project: gate
environments: [{name: shop, protected: ${guarded}}]
caches: [{name: main, url: '${redis.url}', events: {UPDATED: ['item:*']}}]
databases: [{name: shop, url: '${database}'}]
backups:
  - name: shop
    database: shop
    storage: {type: dir, path: backups}
    encryption: {recipients: [${recipient}], identity: ${identity}}
    signing: {key: signer, allowedSigners: allowed}
alerts: {channels: [{name: log, type: file, path: notified.log}]}
schedules: [{name: nightly, runbook: touches, cron: '0 3 1 1 *', yes: true, confirm: [shop]}]
policy: {readOnly: ${readOnly}, approvals: [{runbook: ship}]}
`
  const program = createProgram({config: text({})})
  makeSigner(program.dir)
  const configure: World['configure'] = how => writeFileSync(path.join(program.dir, 'opsconsole.yaml'), text(how))
  program.runbook('touches', BOOK('touches', 'run: async ({$}) => { await $`touch touched` }'))
  program.runbook('ship', BOOK('ship', 'run: async ({$}) => { await $`touch shipped` }'))
  program.runbook('asks', BOOK('asks', "confirm: {text: 'Go on?'}, run: async ({$}) => { await $`touch answered` }"))
  const decisions = "decisions: [{id: 'hold', title: 'Hold', consequence: 'It stays as it is'}]"
  const undecided = 'while (decided() === undefined) await new Promise(done => setTimeout(done, 50))'
  program.runbook(
    'decides',
    BOOK('decides', `${decisions}, run: async ({$, decided}) => { ${undecided}; await $\`touch decided\` }`),
  )
  // Its runner is killed, and nobody stops the command: it ends when this world is removed.
  program.runbook(
    'hangs',
    BOOK('hangs', 'run: async ({$}) => { await $`while test -e opsconsole.yaml; do sleep 0.05; done` }'),
  )
  mkdirSync(path.join(program.dir, 'backups'), {mode: 0o700})
  const client = new Redis(redis.url, {protocol: 2})
  await client.mset({'item:1': '', 'item:2': '', 'other:1': ''})
  const json = async <T>(...args: readonly string[]): Promise<T> => {
    const {stdout, stderr} = await program.run(...args, '--json')
    if (stdout === '') throw new Error(`${args.join(' ')}: ${stderr}`)
    const answer = JSON.parse(stdout) as T & {readonly error?: unknown}
    if (answer.error !== undefined) throw new Error(`${args.join(' ')}: ${stdout}${stderr}`)
    return answer
  }
  const backups: string[] = []
  for (let count = 0; count < 2; count += 1)
    backups.push((await json<{entry: {id: string}}>('backup', 'create')).entry.id)
  const store = openStore(program.stateDir)
  const alerts = alertStore(store.database)
  alerts.save([burning(), givenUp()], [])
  const silences = silenceStore(store.database)
  silences.add({id: SILENCE, matcher: {rules: ['x']}, author: 'ada', reason: 'x', createdAt: 1, endsAt: undefined})
  const locks = openLockStore({stateDir: program.stateDir, clock: systemClock, hasUnknownStep: () => false})
  const claim = {resource: 'shop/web', run: '20261122-031200-k3f9', actor: 'ada', reason: 'by hand'}
  const held = locks.acquire(claim)
  if ('refused' in held) throw new Error(held.why)
  const ended = (await json<{run: string}>('run', 'touches', '--yes', '--detach')).run
  await program.run('runs', 'attach', ended)
  const {run} = await json<{run: string}>('run', 'asks', '--console', '--detach')
  const prompt = await until('its question', async () => {
    const view = await json<{prompt?: {id: string}}>('runs', 'show', run)
    return view.prompt?.id
  })
  const suspended = String(eventsOf((await program.run('run', 'ship', '--yes', '--json')).stdout)[0]?.['run'])
  return {
    program,
    configure,
    backups,
    lock: held.held.lock,
    waiting: {run, prompt},
    suspended,
    ended,
    lose: async () => {
      const started = program.start('run', 'hangs', '--yes', '--json')
      const events = await until('its command', () => {
        const seen = eventsOf(started.output())
        return seen.some(({type}) => type === 'command-process') && seen
      })
      const pids = events.flatMap(({process}) => (process === undefined ? [] : [(process as {pid: number}).pid]))
      for (const pid of pids) process.kill(pid, 'SIGKILL')
      await started.ended
      return String(events[0]?.['run'])
    },
    keys: async () => (await client.keys('*')).sort().join(' '),
    alert: () => JSON.stringify(alerts.get(ALERT)?.acknowledged ?? null),
    silences: () => JSON.stringify(silences.since(0)),
    schedule: () => JSON.stringify(targetRecords(() => store.database).read('schedule/shop/nightly') ?? ''),
    stop: async () => {
      client.disconnect()
      locks.close()
      store.close()
      await Promise.all([redis.stop(), postgres.stop()])
      program.remove()
    },
  }
}

/** Names, sizes and times of everything below a directory, or of one file. */
export function filesIn(directory: string): string {
  const stat = statSync(directory, {throwIfNoEntry: false})
  if (!stat?.isDirectory()) return stat ? `${stat.size}` : 'none'
  const names = readdirSync(directory, {recursive: true, encoding: 'utf8'}).sort()
  // What a run that ends meanwhile clears away is gone between the two readings.
  const sizeOf = (name: string): string =>
    `${statSync(path.join(directory, name), {throwIfNoEntry: false})?.size ?? 'gone'}`
  return names.map(name => `${name} ${sizeOf(name)}`).join('\n')
}

/** When anything whose name begins so was written last. */
export function lastWritten(directory: string, name: string): string {
  const names = readdirSync(directory, {recursive: true, encoding: 'utf8'}).filter(file => file.includes(name))
  const written = names.map(file => statSync(path.join(directory, file), {throwIfNoEntry: false})?.mtimeMs ?? 0)
  return String(Math.max(...written))
}

async function query(url: string, sql: string): Promise<void> {
  const client = new Client({connectionString: url})
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}

const burning = (): Alert => ({
  id: ALERT,
  rule: 'down',
  severity: 'critical',
  target: 'service/shop/web',
  environment: 'shop',
  name: 'web',
  state: 'firing',
  summary: 'it does not answer',
  since: Date.now(),
  firedAt: Date.now(),
  resolvedAt: undefined,
  fired: [],
  deliveries: [],
  acknowledged: undefined,
})

/** Its end was never told: the channel did not take it while it was news. */
const givenUp = (): Alert => {
  const resolvedAt = Date.now() - 3 * 3_600_000
  const held = {kind: 'given up', reason: 'too old', words: 'no channel accepted it'} as const
  const tried = {
    notified: 'firing',
    notifiedFlapping: false,
    wanted: 'resolved',
    attempts: 9,
    outcome: 'failed: 503',
  } as const
  const deliveries = [{channel: 'log', ...tried, nextAt: resolvedAt, at: resolvedAt - 1, held}]
  return {...burning(), id: UNDELIVERED, rule: 'slow', state: 'resolved', resolvedAt, deliveries}
}
