import {memoryAlertStore} from '../../src/alerts/memory-alert-store.ts'
import type {AlertTarget} from '../../src/alerts/alert-target.ts'
import type {Alert} from '../../src/alerts/state.ts'
import type {AutoRecord} from '../../src/alerts/auto/record.ts'
import {createExporter} from '../../src/monitors/exporter.ts'
import {autoMetrics} from '../../src/monitors/metrics/auto-metrics.ts'
import {runMetrics} from '../../src/monitors/metrics/run-metrics.ts'
import {trailMetrics} from '../../src/monitors/metrics/trail-metrics.ts'
import type {MonitorStatus} from '../../src/monitors/monitor-port.ts'
import {systemClock} from '../../src/units/clock.ts'
import {table} from './markdown.ts'

/** What probes measure of each kind. Whoever adds a measurement adds it here: a test compares with what a lab exports. */
const MEASURED: Readonly<Record<string, readonly string[]>> = {
  service: [
    'certificateDays',
    'ttlSeconds',
    'records',
    'replicationLagMs',
    'usedBytes',
    'clients',
    'commandsPerSecond',
  ],
  database: [
    'connections',
    'maxConnections',
    'sizeBytes',
    'cacheHitRatio',
    'longestTransactionMs',
    'locksWaiting',
    'archiveLagMs',
    'archiveFailures',
    'replicationLagMs',
  ],
  cache: [
    'usedBytes',
    'maxBytes',
    'fragmentation',
    'clients',
    'hitRate',
    'lookups',
    'lookupsPerSecond',
    'opsPerSecond',
    'evictedPerSecond',
    'slowlogLength',
    'keys',
  ],
  backup: [
    'rpoMs',
    'count',
    'storedBytes',
    'freeBytes',
    'fullInMs',
    'ageMs',
    'newestBytes',
    'proofAgeMs',
    'walHoles',
    'effectiveRpoMs',
    'archiveRpoMs',
    'unreceivedBytes',
    'unarchivedBytes',
  ],
  schedule: ['missed', 'failed', 'paused', 'tookMs', 'sinceEndMs'],
  heartbeat: ['sinceSuccessMs', 'tookMs', 'failed'],
  release: ['requestsPerSecond', 'errorRate', 'sessions', 'rollbackReady', 'maxErrorRate'],
}

/** `docs/metrics.md`: every metric of `/metrics`, as an agent exports it that has some of everything. */
export async function metricsPage(): Promise<string> {
  const {text} = await sampleExporter().expose('openmetrics')
  const families = text
    .split(/^# TYPE /m)
    .slice(1)
    .map(familyOf)
  const rows = families
    .filter(({name}) => name.startsWith('opsconsole_'))
    .sort((one, other) => (one.name < other.name ? -1 : 1))
    .map(({name, type, labels, help}) => [`\`${name}\``, type, labels.map(each => `\`${each}\``).join(' '), help])
  return `# Metrics

What \`/metrics\` of an agent has, by the names under which a Prometheus keeps it. How it is scraped, with rules and a
dashboard: [With a Prometheus](prometheus.md). Only the agent that watches exports targets, alerts, runs, policies and the trail.
What could not be measured at the last probe is left out, as is everything of a target without fresh data.

Names of environments, targets, channels and rules are those of the configuration. Of runbooks there are at most 100, and of
alerts at most 1,000; names beyond are \`other\`, alerts beyond are counted.

${table(['metric', 'type', 'labels', 'meaning'], rows)}

Beside these: CPU, memory, open files, event loop and garbage collection of the process, as \`process_…\` and \`nodejs_…\`.
`
}

function familyOf(text: string) {
  const [, family = '', type = ''] = /^(\S+) (\S+)/.exec(text) ?? []
  const help = /^# HELP \S+ (.*)$/m.exec(text)?.[1] ?? ''
  const sample = /^[a-z_]+\{(.*)\} \S+$/m.exec(text)?.[1] ?? ''
  const labels = [...sample.matchAll(/([a-z_]+)="/g)].map(([, label = '']) => label).filter(label => label !== 'le')
  return {name: type === 'counter' ? `${family}_total` : family, type, help, labels}
}

function sampleExporter() {
  const run = {id: 'a', runbook: 'deploy', startedAt: 2, dryRun: false}
  return createExporter({
    monitor: {
      status: () => STATUS,
      targets: () => Object.entries(MEASURED).map(([kind, names]) => target(kind, names)),
    },
    alertStore: sampleAlerts(),
    clock: systemClock,
    matcher: {ended: 0},
    more: [
      runMetrics(() => [{...run, endedAt: 3, durationMs: 1, state: 'done'}]),
      autoMetrics({policies: () => ['restart-web'], record: () => AUTO}),
      trailMetrics({records: () => 1, broken: () => undefined, now: () => 1}),
    ],
  })
}

function sampleAlerts() {
  const alertStore = memoryAlertStore()
  const alert = {id: 'a', rule: 'down', severity: 'critical', state: 'firing', deliveries: [], target: 'a', since: 1}
  alertStore.save([alert as unknown as Alert], [])
  return alertStore
}

const AUTO = {
  attempts: [
    {id: 'a', policy: 'restart-web', runbook: {name: 'restart', params: {}}, at: 2, ended: {at: 3, outcome: 'done'}},
  ],
  refusals: [{policy: 'restart-web', reason: 'attempts', gaveUp: true}],
  over: [],
} as unknown as AutoRecord

const STATUS: MonitorStatus = {
  state: 'here',
  holder: '',
  since: 1,
  lastSampleAt: 1,
  inForce: undefined,
  scheduler: {running: 0, waiting: 0, probes: 0, lagMs: 0, worstLagMs: 0},
  notifications: [{channel: 'chat', outcome: 'sent', reason: 'firing', count: 1}],
  trouble: undefined,
}

function target(kind: string, names: readonly string[]): AlertTarget {
  const values = Object.fromEntries(names.map(name => [name, 1]))
  const burns = [{long: '1h', short: '5m', longRate: 1, shortRate: 1}]
  return {
    target: `${kind}/prod/shop`,
    kind,
    environment: 'prod',
    name: 'shop',
    intervalMs: 1000,
    state: 'up',
    since: 1,
    failures: 0,
    flapping: false,
    watchedSince: 1,
    sample: {target: `${kind}/prod/shop`, at: 1, status: 'up', reason: '', latencyMs: 1, checks: [], values},
    slos: [{of: 'availability', objective: 0.99, left: 1, burns}] as unknown as NonNullable<AlertTarget['slos']>,
  }
}
