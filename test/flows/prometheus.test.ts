import {readFileSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {afterAll, beforeAll, expect, test, vi} from 'vitest'
import {parse} from 'yaml'
import {addFaults, clearFaults} from '../../src/lab/faults.ts'
import {freePorts} from '../../src/lab/ports.ts'
import {type LabProgram, startLabProgram} from '../program/lab-program.ts'
import type {Started} from '../program/program.ts'
import {startPrometheus, type TestPrometheus} from '../servers/prometheus.ts'

interface Dashboard {
  readonly panels: readonly {readonly title: string; readonly targets: readonly {readonly expr: string}[]}[]
}
interface Rule {
  readonly alert: string
  readonly expr: string
}

const SHIPPED = path.resolve(import.meta.dirname, '../../packaging')
const RULES = path.join(SHIPPED, 'prometheus/opsconsole.rules.yml')
const dashboard = JSON.parse(readFileSync(path.join(SHIPPED, 'grafana/opsconsole.json'), 'utf8')) as Dashboard
const expressions = dashboard.panels.flatMap(({targets}) => targets.map(({expr}) => expr))
const {groups} = parse(readFileSync(RULES, 'utf8')) as {readonly groups: readonly {readonly rules: readonly Rule[]}[]}
const rules = groups.flatMap(group => group.rules)

/** Rules that have no answer here, and why. */
const NOT_SO: Readonly<Record<string, string>> = {
  OpsconsoleAgentGone: 'the agent answers',
  OpsconsoleNobodyWatches: 'it watches',
  OpsconsoleMonitorTrouble: 'its store takes everything',
  OpsconsoleNotificationsFail: 'the file takes every notification',
  OpsconsoleTrailBroken: 'the trail is whole',
  OpsconsoleRunWaits: 'no run waits for anybody',
  OpsconsoleRunFailed: 'all runs are done',
  OpsconsolePolicyGaveUp: 'its run ended well, and has its time to help',
  OpsconsoleTargetUnknown: 'everything has been probed',
  OpsconsoleBackupNotProved: 'a backup was just restored as a test',
}
/** These have none either, unless the machine that tests pauses for so long that a probe fails. What they compare is there. */
const BY_PAUSES = [
  'OpsconsoleProbesLate',
  'OpsconsoleErrorBudgetBurnsFast',
  'OpsconsoleErrorBudgetBurns',
  'OpsconsoleErrorBudgetSpent',
]

let shop: LabProgram
let agent: Started
let prometheus: TestPrometheus
beforeAll(async () => {
  shop = await startLabProgram({rps: 20, prometheus: true})
  writeFileSync(shop.lab.configFile, JSON.stringify(withMore(readFileSync(shop.lab.configFile, 'utf8'))))
  const [port] = await freePorts(1)
  agent = shop.program.start('agent', '--listen', `127.0.0.1:${port}`)
  prometheus = await startPrometheus({targets: [`127.0.0.1:${port}`], ruleFiles: [RULES]})
  await addFaults(shop.lab.plan, ['redis-replica-down'], Date.now())
  await soon(async () => expect(await empty(['opsconsole_runs_open'])).toEqual([]))
  for (const args of [
    ['schedule', 'pause', 'nightly', '--reason', 'holidays'],
    ['heartbeat', 'invoices'],
  ]) {
    const {code, stderr} = await shop.program.run(...args)
    expect(code, stderr).toBe(0)
  }
  for (const runbook of ['backup', 'dr-drill']) {
    const {code, stdout, stderr} = await shop.unattended(runbook)
    expect(code, stdout + stderr).toBe(0)
  }
}, 400_000)
afterAll(async () => {
  await prometheus?.stop()
  agent?.kill('SIGTERM')
  await agent?.ended
  await shop?.stop()
}, 120_000)

/** A policy that answers what is down here with a look, one that is held back, a schedule whose time comes within two minutes, and a heartbeat. */
function withMore(text: string): object {
  const config = parse(text) as {readonly alerts?: object}
  const soonest = new Date(Date.now() + 120_000)
  const looks = {environment: 'lab', runbook: 'diagnose', yes: true, catchUp: 'once'}
  const [replica, diagnose] = [{on: ['service/redis-replica']}, {yes: true, runbook: {name: 'diagnose'}}]
  return {
    ...config,
    schedules: [
      {...looks, name: 'looks', cron: `${soonest.getUTCMinutes()} ${soonest.getUTCHours()} * * *`},
      {...looks, name: 'nightly', every: '1d'},
    ],
    heartbeats: [{name: 'invoices', environment: 'lab', every: '1h', grace: '10m'}],
    alerts: {
      ...config.alerts,
      rules: [{name: 'away', ...replica, when: {type: 'failures', count: 3}, severity: 'info'}],
      auto: [
        {name: 'look', rules: ['down'], environments: ['lab'], ...replica, ...diagnose},
        // The lab is protected, and this one does not name it.
        {name: 'careless', rules: ['away'], ...replica, ...diagnose},
      ],
    },
  }
}

/** Those of them that have no answer now. */
async function empty(asked: readonly string[]): Promise<readonly string[]> {
  const answers = await Promise.all(asked.map(each => prometheus.query(each)))
  return asked.filter((_, index) => answers[index]?.length === 0)
}

const soon = (look: () => Promise<void>): Promise<void> => vi.waitFor(look, {timeout: 150_000, interval: 1_000})

test('every expression of the dashboard has an answer from a Prometheus that scrapes the agent of a lab', async () => {
  expect(expressions.length).toBeGreaterThan(15)
  await soon(async () => expect(await empty(expressions)).toEqual([]))
}, 200_000)

test('every rule is evaluated there without an error, and finds what is down', async () => {
  await soon(async () => {
    const {groups: evaluated} = (await prometheus.ask('rules')) as {
      groups: readonly {readonly rules: readonly {readonly name: string; readonly health: string}[]}[]
    }
    const judged = rules.filter(({alert}) => !BY_PAUSES.includes(alert))
    const silent = await empty(judged.map(({expr}) => expr))
    expect({
      health: evaluated.flatMap(group => group.rules).map(({name, health}) => ({name, health})),
      silent: judged.filter(({expr}) => silent.includes(expr)).map(({alert}) => alert),
      down: (await prometheus.query('opsconsole_target_up == 0'))
        .map(({metric: {kind, name}}) => `${kind} ${name}`)
        .sort(),
    }).toEqual({
      health: rules.map(({alert}) => ({name: alert, health: 'ok'})),
      silent: Object.keys(NOT_SO),
      down: ['service redis-replica'],
    })
  })
}, 200_000)

test('every metric that the rules name is scraped', async () => {
  const named = new Set(rules.flatMap(({expr}) => expr.match(/opsconsole_[a-z_]+/g) ?? []))
  await soon(async () => expect(await empty([...named])).toEqual([]))
}, 200_000)

test('it is scraped in OpenMetrics, with the unit of each metric', async () => {
  await soon(async () => {
    const known = (await prometheus.ask('metadata')) as Record<string, readonly {type: string; unit: string}[]>
    expect([known['opsconsole_target_latency_seconds']?.[0], known['opsconsole_probes']?.[0]]).toMatchObject([
      {type: 'gauge', unit: 'seconds'},
      {type: 'counter', unit: ''},
    ])
  })
}, 200_000)

test('everything that is scraped of ours stands in the reference', async () => {
  const reference = readFileSync(path.resolve(import.meta.dirname, '../../docs/metrics.md'), 'utf8')
  const names = (await prometheus.ask('label/__name__/values')) as readonly string[]
  const ours = names
    .filter(name => name.startsWith('opsconsole_'))
    .map(name => name.replace(/^(opsconsole_run_duration_seconds)_(bucket|sum|count)$/, '$1'))
  expect(ours.length).toBeGreaterThan(40)
  expect(ours.filter(name => !reference.includes(`| \`${name}\` |`))).toEqual([])
})

/** Rules of alerts that come from elsewhere, as the console shows them. */
async function shown(): Promise<readonly string[]> {
  const {stdout} = await shop.program.run('alerts', 'list', '--json')
  const rows = JSON.parse(stdout) as readonly {readonly rule: string; readonly source?: string}[]
  return rows.filter(({source}) => source === 'lab').map(({rule}) => rule)
}

test("the lab's own Prometheus alerts through its Alertmanager into the console, which sends its own there", async () => {
  const {alertmanager} = shop.lab.plan.ports
  await addFaults(shop.lab.plan, ['instance-down=blue-2'], Date.now())
  await soon(async () => {
    const alerts = (await (await fetch(`http://127.0.0.1:${alertmanager}/api/v2/alerts`)).json()) as readonly {
      readonly labels: Readonly<Record<string, string>>
    }[]
    expect({console: await shown(), there: alerts.map(({labels}) => labels['alertname'])}).toEqual({
      console: expect.arrayContaining(['ShopServerDown']) as unknown,
      there: expect.arrayContaining(['ShopServerDown', 'down']) as unknown,
    })
  })
  const {stdout, stderr} = await shop.program.run('alerts', 'explain', 'ShopServerDown')
  expect(stdout, stderr).toContain('It is an alert of lab, which decides who is notified. Its receivers:')
  await clearFaults(shop.lab.plan, ['instance-down=blue-2'])
  await soon(async () => expect(await shown()).not.toContain('ShopServerDown'))
}, 320_000)
