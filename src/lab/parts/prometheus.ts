import {chown, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {ownedDirectory} from '../home.ts'
import {logFile, pidFile} from '../plan.ts'
import type {LabPlan} from '../plan.ts'
import {BACKEND} from './haproxy.ts'
import {baseEnvironment} from './part.ts'
import type {Part} from './part.ts'

export const PROMETHEUS = 'prometheus'
export const ALERTMANAGER = 'alertmanager'
const home = (plan: LabPlan, name: string): string => join(plan.home, name)

/** What a team has that watches its load balancer with a Prometheus: rules of its own, and an Alertmanager for them. */
const RULES = {
  groups: [
    {
      name: 'shop',
      rules: [
        {
          alert: 'ShopServerDown',
          expr: `haproxy_server_status{proxy="${BACKEND}",state="DOWN"} == 1`,
          for: '3s',
          labels: {severity: 'critical'},
          annotations: {summary: 'HAProxy has taken {{ $labels.server }} out: it does not answer'},
        },
        {
          alert: 'ShopErrors',
          expr: `sum(rate(haproxy_backend_http_responses_total{proxy="${BACKEND}",code="5xx"}[30s])) / sum(rate(haproxy_backend_http_responses_total{proxy="${BACKEND}"}[30s])) > 0.05`,
          for: '10s',
          labels: {severity: 'warning'},
          annotations: {summary: '{{ $value | humanizePercentage }} of requests are answered with an error'},
        },
        {
          alert: 'LoadBalancerGone',
          expr: 'up{job="haproxy"} == 0',
          for: '5s',
          labels: {severity: 'critical'},
          annotations: {summary: 'The statistics of HAProxy cannot be read'},
        },
      ],
    },
  ],
}

/** Where it is scraped once an agent is started as its documentation says. */
const AGENT = '127.0.0.1:9464'

export async function preparePrometheus(plan: LabPlan): Promise<void> {
  const local = (port: number | undefined): string => `127.0.0.1:${port}`
  const every = {scrape_interval: '2s', evaluation_interval: '2s', external_labels: {environment: 'lab'}}
  await writeFiles(plan, PROMETHEUS, {
    'rules.yml': RULES,
    'prometheus.yml': {
      global: every,
      rule_files: ['rules.yml'],
      alerting: {alertmanagers: [{static_configs: [{targets: [local(plan.ports.alertmanager)]}]}]},
      scrape_configs: [
        {job_name: 'haproxy', static_configs: [{targets: [local(plan.ports.stats)]}]},
        {job_name: 'opsconsole', static_configs: [{targets: [AGENT]}]},
      ],
    },
  })
}

/** It tells nobody: whoever looks sees its alerts in the console. */
export const prepareAlertmanager = (plan: LabPlan): Promise<void> =>
  writeFiles(plan, ALERTMANAGER, {
    'alertmanager.yml': {
      route: {receiver: 'nobody', group_wait: '1s', group_interval: '5s'},
      receivers: [{name: 'nobody'}],
    },
  })

/** JSON is YAML. */
async function writeFiles(plan: LabPlan, name: string, files: Readonly<Record<string, unknown>>): Promise<void> {
  const account = plan.accounts.prometheus
  await ownedDirectory(home(plan, name), account)
  for (const [file, document] of Object.entries(files)) {
    const written = join(home(plan, name), file)
    await writeFile(written, `${JSON.stringify(document, undefined, 2)}\n`, {mode: 0o600})
    if (account !== undefined) await chown(written, account.uid, account.gid)
  }
}

/** A Prometheus that watches the load balancer; undefined where it, or its Alertmanager, is not installed. */
export const prometheusPart = (plan: LabPlan): Part | undefined =>
  part(plan, PROMETHEUS, port => [
    '--config.file=prometheus.yml',
    '--storage.tsdb.path=data',
    '--storage.tsdb.retention.time=1d',
    `--web.listen-address=127.0.0.1:${port}`,
  ])

export const alertmanagerPart = (plan: LabPlan): Part | undefined =>
  part(plan, ALERTMANAGER, port => [
    '--config.file=alertmanager.yml',
    '--storage.path=data',
    `--web.listen-address=127.0.0.1:${port}`,
    '--cluster.listen-address=',
  ])

function part(
  plan: LabPlan,
  name: typeof PROMETHEUS | typeof ALERTMANAGER,
  args: (port: number) => readonly string[],
): Part | undefined {
  const [program, port] = [plan.programs[name], plan.ports[name]]
  if (program === undefined || port === undefined) return undefined
  const [log, pid] = [logFile(plan, name), pidFile(plan, name)]
  return {
    name,
    port,
    log,
    pidFile: pid,
    stop: {graceMs: 5000},
    startMs: 30_000,
    spec: async () => ({
      argv: [program, ...args(port)],
      cwd: home(plan, name),
      env: baseEnvironment(plan),
      account: plan.accounts.prometheus,
      log,
      pidFile: pid,
    }),
    ready: async () => (await fetch(`http://127.0.0.1:${port}/-/ready`, {signal: AbortSignal.timeout(2000)})).ok,
  }
}
