import {readFileSync} from 'node:fs'
import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import {afterAll, beforeAll, expect, test, vi} from 'vitest'
import {parse} from 'yaml'
import {addFaults, clearFaults} from '../../src/lab/faults.ts'
import {freePorts} from '../../src/lab/ports.ts'
import {alertStore} from '../../src/store/alerts.ts'
import {openStore, type Store} from '../../src/store/open.ts'
import {targetRecords} from '../../src/store/records.ts'
import {silenceStore} from '../../src/store/silences.ts'
import {createProgram, type Program, type Started} from '../program/program.ts'
import {randomFrom} from '../program/random.ts'
import {makeAuthority} from '../servers/certificates.ts'
import {type RunningLab, startLab} from '../servers/lab.ts'
import {type MailServer, startMailServer} from '../servers/mail-server.ts'
import {scratchDirectory} from '../servers/scratch.ts'
import {countOf, seedOr} from './sample.ts'

const VICTIMS = ['agent', 'mail', 'redis', 'postgres', 'prometheus', 'alertmanager'] as const
const ROUNDS = countOf('L restarts')
const GONE = 'down:service/lab/gone'
const QUIET = 'down:service/lab/quiet'
/** Longest time for which something is away. */
const AWAY_MS = 1_500

interface Page {
  readonly id: string
  readonly state: string
  readonly since: string
  readonly flapping: boolean
  readonly key: string
}

/** A receiver that is never killed: what it got is what somebody was told. */
const pages: Page[] = []
const pager = createServer((request, response) => {
  let body = ''
  request.setEncoding('utf8').on('data', (text: string) => (body += text))
  request.on('end', () => {
    pages.push(JSON.parse(body) as Page)
    response.end('{}')
  })
})
const mails: string[] = []
let mail: MailServer
let lab: RunningLab
let program: Program
let store: Store
let agent: Started
let [agentPort, mailPort] = [0, 0]
let keys: {readonly certificate: string; readonly key: string}
let removeKeys: () => Promise<void>

const soon = <T>(look: () => T): Promise<Awaited<T>> => vi.waitFor(look, {timeout: 120_000, interval: 100}) as never

async function startMail(): Promise<void> {
  mail = await startMailServer('open', {...keys, port: mailPort})
}

async function killMail(): Promise<void> {
  await mail.stop()
  mails.push(...mail.received.map(({text}) => text))
}

function startAgent(): void {
  agent = program.start('agent', '--listen', `127.0.0.1:${agentPort}`)
}

async function killAgent(): Promise<void> {
  agent.kill('SIGKILL')
  await agent.ended
}

const watching = (): Promise<void> =>
  soon(async () =>
    expect(await (await fetch(`http://127.0.0.1:${agentPort}/metrics`)).text()).toContain('opsconsole_lease_held 1'),
  )

beforeAll(async () => {
  await new Promise<void>(resolve => pager.listen(0, '127.0.0.1', resolve))
  lab = await startLab({rps: 0, prometheus: true})
  const scratch = await scratchDirectory('restarts')
  removeKeys = () => scratch.remove()
  makeAuthority(scratch.dir, 'ca').issue('mail', {subject: 'mail', names: 'IP:127.0.0.1'})
  keys = {certificate: `${scratch.dir}/mail.crt`, key: `${scratch.dir}/mail.key`}
  const [listen = 0, smtp = 0, closed = 0] = await freePorts(3)
  agentPort = listen
  mailPort = smtp
  await startMail()
  program = createProgram({config: JSON.stringify(configuration(closed))})
  store = openStore(program.stateDir)
}, 300_000)

afterAll(async () => {
  agent?.kill('SIGKILL')
  await agent?.ended
  await mail?.stop()
  store?.close()
  program?.remove()
  await removeKeys?.()
  pager.closeAllConnections()
  pager.close()
  await lab?.stop()
}, 120_000)

/** Of the lab what is killed here; beside it two that are never there, a job and a schedule. */
function configuration(closed: number): unknown {
  const made = parse(readFileSync(lab.configFile, 'utf8')) as {
    readonly services: readonly {readonly name: string}[]
    readonly alerts: {readonly channels: readonly {readonly type: string}[]; readonly alertmanagers: unknown}
  }
  const probe = {type: 'tcp', host: '127.0.0.1', port: closed}
  const watched = ['redis', 'postgres', 'prometheus', 'alertmanager']
  const {port} = pager.address() as AddressInfo
  return {
    project: 'shop',
    environments: [{name: 'lab'}],
    services: [
      ...made.services
        .filter(({name}) => watched.includes(name))
        .map(service => ({...service, interval: '500ms', dependsOn: []})),
      {name: 'gone', probe, interval: '500ms'},
      {name: 'quiet', probe, interval: '500ms'},
    ],
    heartbeats: [{name: 'job', every: '1d'}],
    schedules: [{name: 'yearly', runbook: 'diagnose', cron: '0 0 1 1 *'}],
    alerts: {
      failureThreshold: 2,
      groupInterval: '1s',
      alertmanagers: made.alerts.alertmanagers,
      channels: [
        ...made.alerts.channels.filter(({type}) => type === 'alertmanager'),
        {type: 'webhook', name: 'pager', url: `http://127.0.0.1:${port}/`},
        {
          type: 'email',
          name: 'mail',
          host: '127.0.0.1',
          port: mailPort,
          security: 'none',
          from: 'ops@example.org',
          to: ['on-call@example.org'],
        },
      ],
    },
  }
}

const alertOf = (id: string) =>
  alertStore(store.database)
    .since(Number.MAX_SAFE_INTEGER)
    .find(one => one.id === id)
const pagesOf = (id: string) => pages.filter(page => page.id === id).map(({state}) => state)
/** Which alert each mail that came is about. A slow machine has others say that a target was not probed in time. */
const mailedAlerts = (): readonly string[] =>
  [...mails, ...mail.received.map(({text}) => text)].map(text => {
    const [, body = ''] = text.split('\r\n\r\n')
    return /^Alert: +(.*)$/m.exec(Buffer.from(body, 'base64').toString())?.[1]?.trim() ?? text
  })
const mailsAbout = (id: string): number => mailedAlerts().filter(each => each === id).length

/** All that must survive, as it is kept. */
function kept(): unknown {
  const records = targetRecords(() => store.database)
  const {paused} = (records.read('schedule/lab/yearly') ?? {}) as {readonly paused?: unknown}
  const life = (id: string) => {
    const {state, episode, firedAt, acknowledged} = alertOf(id) ?? {}
    return {id, state, episode, firedAt, acknowledged}
  }
  return {
    alerts: [life(GONE), life(QUIET)],
    silences: silenceStore(store.database).since(0),
    heartbeat: records.read('heartbeat/lab/job'),
    paused,
  }
}

async function command(...words: readonly string[]): Promise<void> {
  const {code, stdout, stderr} = await program.run(...words)
  expect(code, `${words.join(' ')}: ${stdout}${stderr}`).toBe(0)
}

/** An alert that fires and is acknowledged, one that is silenced, a job that reported, a schedule that rests. */
async function settle(): Promise<void> {
  await command('alerts', 'silence', '--rule', 'down', '--on', 'service/quiet', '--for', '1d', '--reason', 'rebuilt')
  startAgent()
  await watching()
  await soon(() =>
    expect({
      states: [alertOf(GONE)?.state, alertOf(QUIET)?.state],
      pages: pagesOf(GONE),
      mails: mailsAbout(GONE),
      all: mailedAlerts(),
    }).toMatchObject({states: ['firing', 'firing'], pages: ['firing'], mails: 1}),
  )
  await command('alerts', 'ack', GONE, '--note', 'known')
  await command('heartbeat', 'job', '--message', 'all is well')
  await command('schedule', 'pause', 'yearly', '--reason', 'not this year')
  // What was delivered is written down a moment later.
  await soon(() =>
    expect(
      alertOf(GONE)
        ?.deliveries.map(({channel, outcome}) => `${channel} ${outcome}`)
        .sort(),
    ).toEqual(['alertmanager delivered', 'mail delivered', 'pager delivered']),
  )
}

const DOWN: Readonly<Record<string, string>> = {
  redis: 'redis-down',
  postgres: 'postgres-down',
  prometheus: 'prometheus-down',
  alertmanager: 'alertmanager-down',
}

async function killed(victim: (typeof VICTIMS)[number], awayMs: number): Promise<void> {
  const fault = DOWN[victim]
  if (victim === 'agent') await killAgent()
  else if (victim === 'mail') await killMail()
  else await addFaults(lab.plan, [fault as string], Date.now())
  await new Promise(resolve => setTimeout(resolve, awayMs))
  if (victim === 'agent') startAgent()
  else if (victim === 'mail') await startMail()
  else await clearFaults(lab.plan, [fault as string])
}

/** The six in random order, again and again. */
function victims(random: () => number): readonly (typeof VICTIMS)[number][] {
  const order: (typeof VICTIMS)[number][] = []
  while (order.length < ROUNDS) {
    const left = [...VICTIMS]
    while (left.length > 0) order.push(...left.splice(Math.floor(random() * left.length), 1))
  }
  return order.slice(0, ROUNDS)
}

test(`L restarts: ${ROUNDS} kills of agent, mail server, Redis, PostgreSQL, Prometheus and Alertmanager lose nothing and page nobody twice`, {
  timeout: 120_000 + ROUNDS * 30_000,
}, async () => {
  const random = randomFrom(seedOr(20_261_127))
  await settle()
  const before = kept()
  expect(before).toMatchObject({
    alerts: [{state: 'firing', acknowledged: {note: 'known'}}, {state: 'firing'}],
    silences: [{reason: 'rebuilt'}],
    paused: {reason: 'not this year'},
  })
  for (const victim of victims(random)) {
    await killed(victim, random() * AWAY_MS)
    await watching()
    expect(kept(), `after ${victim}`).toEqual(before)
  }
  // All are there again: what fired meanwhile is over, and what it said reached whoever was to be told.
  await soon(() => {
    const firing = alertStore(store.database)
      .since(Number.MAX_SAFE_INTEGER)
      .filter(({state, rule}) => state !== 'resolved' && rule === 'down')
    expect(firing.map(({id}) => id).sort()).toEqual([GONE, QUIET])
  })
  const told = {gone: pagesOf(GONE), quiet: pagesOf(QUIET), mails: [mailsAbout(GONE), mailsAbout(QUIET)]}
  expect(told).toEqual({gone: ['firing'], quiet: [], mails: [1, 0]})
  expect(kept()).toEqual(before)
  // Whatever was killed when: inside the repeat interval, one news of one alert is one page to whoever knows its key.
  for (const [news, sent] of Map.groupBy(pages, each => `${each.id} ${each.state} ${each.since} ${each.flapping}`))
    expect(new Set(sent.map(({key}) => key)).size, news).toBe(1)
})
