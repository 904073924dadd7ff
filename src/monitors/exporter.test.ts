import {spawnSync} from 'node:child_process'
import {expect, test} from 'vitest'
import type {AlertTarget} from '../alerts/alert-target.ts'
import {memoryAlertStore} from '../alerts/memory-alert-store.ts'
import type {Alert} from '../alerts/state.ts'
import {systemClock} from '../units/clock.ts'
import {takesGzip} from './monitor-routes.ts'
import {openMetricsText, takesOpenMetrics} from './open-metrics.ts'
import {createExporter} from './exporter.ts'
import {measurementMetric} from './measurement-metric.ts'
import type {MonitorStatus} from './monitor-port.ts'

const target = (kind: string, values: Readonly<Record<string, number>>): AlertTarget => ({
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
  sample: {target: `${kind}/prod/shop`, at: 1, status: 'up', reason: 'ok', latencyMs: 5, checks: [], values},
})

/** Everything that any probe measures today. */
const TARGETS = [
  target('service', {certificateDays: 30, ttlSeconds: 60, records: 2, replicationLagMs: 20}),
  target('cache', {
    usedBytes: 1,
    maxBytes: 2,
    fragmentation: 1.1,
    clients: 3,
    hitRate: 0.9,
    lookups: 10,
    lookupsPerSecond: 1,
    opsPerSecond: 2,
    evictedPerSecond: 0,
    slowlogLength: 0,
    keys: 9,
  }),
  target('database', {
    connections: 4,
    maxConnections: 100,
    sizeBytes: 8,
    cacheHitRatio: 0.99,
    longestTransactionMs: 12,
    locksWaiting: 0,
    archiveLagMs: 5,
    archiveFailures: 0,
  }),
  target('backup', {rpoMs: 3_600_000, count: 4, storedBytes: 9, ageMs: 1000, newestBytes: 3}),
  target('release', {requestsPerSecond: 3, errorRate: 0.01, sessions: 2, rollbackReady: 1, maxErrorRate: 0.05}),
]

const status = (state: MonitorStatus['state']): MonitorStatus => ({
  state,
  holder: 'agent on web1 (pid 1)',
  since: 1,
  lastSampleAt: 1,
  inForce: undefined,
  scheduler: {running: 0, waiting: 0, probes: 7, lagMs: 0, worstLagMs: 0},
  notifications: [{channel: 'log', outcome: 'sent', reason: 'firing', count: 1}],
  trouble: undefined,
})

async function scrape(
  state: MonitorStatus['state'],
  format: 'prometheus' | 'openmetrics' = 'prometheus',
): Promise<string> {
  const alertStore = memoryAlertStore()
  const alert = {id: 'down:service/prod/shop', rule: 'down', severity: 'critical', state: 'firing', deliveries: []}
  alertStore.save([{...alert, target: 'service/prod/shop', since: 1} as unknown as Alert], [])
  const exporter = createExporter({
    matcher: {ended: 0},
    monitor: {status: () => status(state), targets: () => TARGETS},
    alertStore,
    clock: systemClock,
  })
  return (await exporter.expose(format)).text
}

test.each([
  ['cache', 'hitRate', 'opsconsole_cache_hit_ratio', 1],
  ['database', 'archiveLagMs', 'opsconsole_database_archive_lag_seconds', 0.001],
  ['service', 'certificateDays', 'opsconsole_service_certificate_remaining_seconds', 86_400],
  ['backup', 'count', 'opsconsole_backup_kept', 1],
  ['cache', 'opsPerSecond', 'opsconsole_cache_ops_per_second', 1],
  ['service', 'odd name', 'opsconsole_service_odd_name', 1],
])('%s %s is the metric %s', (kind, measurement, name, factor) => {
  expect(measurementMetric(kind, measurement)).toEqual({name, factor})
})

test('each measurement is a metric of its own in base units', async () => {
  const text = await scrape('here')
  expect(text).toContain('opsconsole_backup_age_seconds{environment="prod",name="shop"} 1\n')
  expect(text).toContain('opsconsole_service_certificate_remaining_seconds{environment="prod",name="shop"} 2592000\n')
  expect(text).toContain(
    'opsconsole_alert{rule="down",severity="critical",target="service/prod/shop",state="firing"} 1',
  )
  expect(text).not.toMatch(/^# TYPE \S+_total gauge/m)
})

test('a process that only stands by exports itself, and nothing of what another one watches', async () => {
  const text = await scrape('elsewhere')
  expect(text).toContain('opsconsole_lease_held 0')
  expect(text).toContain('process_cpu_seconds_total')
  expect(text).not.toMatch(/prod|shop/)
})

test('a real promtool finds nothing wrong with it', async () => {
  const checked = spawnSync('promtool', ['check', 'metrics'], {input: await scrape('here'), encoding: 'utf8'})
  expect(checked.error).toBeUndefined()
  expect({code: checked.status, said: checked.stdout + checked.stderr}).toEqual({code: 0, said: ''})
})

/** The parser of the format's own authors, which refuses what is not as the standard says. */
const PARSER = `import json, sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse
print(json.dumps([[m.name, m.type, m.unit, len(m.samples)] for m in parse(sys.stdin.read())]))`

function parsed(text: string): {readonly refused: string; readonly families: readonly unknown[]} {
  const {stdout, stderr} = spawnSync('/usr/bin/python3', ['-c', PARSER], {input: text, encoding: 'utf8'})
  return {refused: stderr, families: stdout === '' ? [] : (JSON.parse(stdout) as unknown[])}
}

test('the parser of OpenMetrics itself refuses nothing of it, and sees units and counters', async () => {
  const {refused, families} = parsed(await scrape('here', 'openmetrics'))
  expect(refused).toBe('')
  expect(families).toEqual(
    expect.arrayContaining([
      ['opsconsole_target_latency_seconds', 'gauge', 'seconds', TARGETS.length],
      ['opsconsole_cache_used_bytes', 'gauge', 'bytes', 1],
      ['opsconsole_notifications', 'counter', '', 1],
      ['process_cpu_seconds', 'counter', 'seconds', 1],
      ['nodejs_version', 'info', '', 1],
    ]),
  )
})

test('texts and numbers of all kinds arrive as they are', () => {
  const values = [
    {labels: {odd: 'a"b\\c\nd', le: 1}, value: Number.NaN},
    {labels: {odd: '2', le: '+Inf'}, value: Number.NEGATIVE_INFINITY},
  ]
  const text = openMetricsText([
    {name: 'a_info', help: 'b', type: 'gauge', values: []},
    {
      name: 'odd',
      help: 'two\nlines "and" \\',
      type: 'gauge',
      values,
    },
  ])
  expect(text).toBe(
    [
      '# TYPE a info',
      '# HELP a b',
      '# TYPE odd gauge',
      String.raw`# HELP odd two\nlines \"and\" \\`,
      String.raw`odd{odd="a\"b\\c\nd",le="1.0"} NaN`,
      'odd{odd="2",le="+Inf"} -Inf',
      '# EOF\n',
    ].join('\n'),
  )
})

test.each([
  [
    'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;q=0.5',
    true,
  ],
  ['application/openmetrics-text', true],
  ['text/plain;version=0.0.4;q=0.3, Application/OpenMetrics-Text; version="1.0.0"; q=0.5', true],
  ['application/openmetrics-text;version=1.0.0;q=0', false],
  ['application/openmetrics-text;version=1.0.0;q=0.2,text/plain;q=0.5', false],
  ['application/openmetrics-text;version=2.0.0', false],
  ['text/html,*/*', false],
  [undefined, false],
])('accept %s: OpenMetrics %s', (header, open) => {
  expect(takesOpenMetrics(header)).toBe(open)
})

test.each([
  ['gzip', true],
  ['gzip;q=1.0,deflate', true],
  ['br, gzip;q=0.5', true],
  ['*', true],
  ['gzip;q=0', false],
  ['deflate', false],
  [undefined, false],
])('accept-encoding %s: gzip %s', (header, gzip) => {
  expect(takesGzip(header)).toBe(gzip)
})
