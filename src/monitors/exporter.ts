import {collectDefaultMetrics, Counter, Gauge, Registry} from 'prom-client'
import type {AlertStore} from '../alerts/alert-store.ts'
import type {AlertTarget} from '../alerts/alert-target.ts'
import type {Matcher} from '../text/matcher.ts'
import type {Clock} from '../units/clock.ts'
import {measurementMetric} from './measurement-metric.ts'
import {type MetricSource, sourceReader} from './metrics/metric-source.ts'
import type {Monitor} from './monitor-port.ts'
import {OPEN_METRICS_TYPE, openMetricsText} from './open-metrics.ts'

const STATES = ['up', 'degraded', 'down', 'no data'] as const
/** Senders from outside may open many. */
const ALERTS = 1_000
const SLO = ['environment', 'name', 'objective'] as const
const TARGET = ['kind', 'environment', 'name'] as const

export interface Exporter {
  /** What is known at this moment, as text of the one or the other format. */
  expose(format: 'prometheus' | 'openmetrics'): Promise<{readonly type: string; readonly text: string}>
}

/** Gauges of the library that have the ending of counters. */
const MISNAMED = ['nodejs_active_resources_total', 'nodejs_active_handles_total', 'nodejs_active_requests_total']

/** What a Prometheus reads of the console: every target, the alerts, and the monitor itself. */
export function createExporter(sources: {
  readonly monitor: Pick<Monitor, 'status' | 'targets'>
  readonly alertStore: Pick<AlertStore, 'since'>
  readonly clock: Clock
  readonly matcher: Pick<Matcher, 'ended'>
  readonly more?: readonly MetricSource[]
}): Exporter {
  const registry = new Registry()
  collectDefaultMetrics({register: registry})
  for (const name of MISNAMED) registry.removeSingleMetric(name)
  const metrics = makeMetrics(registry)
  const measurements = measurementGauges(registry)
  const readMore = sourceReader(sources.more ?? [])
  return {
    async expose(format) {
      for (const gauge of Object.values(metrics.targets)) gauge.reset()
      measurements.reset()
      metrics.alerts.reset()
      metrics.left.reset()
      // Another process watches: what it knows is its to tell, or everything would be there twice.
      if (sources.monitor.status().state === 'here') {
        for (const target of sources.monitor.targets()) exportTarget(metrics.targets, measurements, target)
        exportAlerts(metrics, sources.alertStore)
      }
      exportMonitor(metrics, sources.monitor)
      metrics.ended.reset()
      metrics.ended.inc(sources.matcher.ended)
      const {state, since} = sources.monitor.status()
      const {registries, readable} = readMore(state === 'here' ? since : undefined)
      metrics.readable.reset()
      for (const [source, isRead] of readable) metrics.readable.set({source}, isRead ? 1 : 0)
      return textOf([registry, ...registries], format)
    },
  }
}

async function textOf(registries: readonly Registry[], format: 'prometheus' | 'openmetrics') {
  if (format === 'openmetrics') {
    const families = await Promise.all(registries.map(each => each.getMetricsAsJSON()))
    return {type: OPEN_METRICS_TYPE, text: openMetricsText(families.flat())}
  }
  const texts = await Promise.all(registries.map(each => each.metrics()))
  return {type: Registry.PROMETHEUS_CONTENT_TYPE, text: texts.join('')}
}

type Metrics = ReturnType<typeof makeMetrics>

function makeMetrics(registry: Registry) {
  const registers = [registry]
  const gauge = <Label extends string>(name: string, help: string, labelNames: readonly Label[]): Gauge<Label> =>
    new Gauge({name: `opsconsole_${name}`, help, labelNames, registers})
  return {
    targets: {
      up: gauge('target_up', '1: it answers (up or degraded), 0: it is down; absent without fresh data', TARGET),
      state: gauge('target_state', '1 for the state that the target is in', [...TARGET, 'state'] as const),
      latency: gauge('target_latency_seconds', 'Latency of the last probe that was answered', TARGET),
      objective: gauge('slo_objective_ratio', 'Share that is promised', SLO),
      budget: gauge(
        'slo_budget_left_ratio',
        'Share of the error budget of the period that is left; below 0: overspent',
        SLO,
      ),
      burn: gauge('slo_burn_rate', 'How many times as fast as the objective allows its budget is spent', [
        ...SLO,
        'window',
      ] as const),
      seen: gauge('target_last_probe_timestamp_seconds', 'When the target was last probed', TARGET),
    },
    alerts: gauge('alert', '1 for each pending or firing alert', ['rule', 'severity', 'target', 'state'] as const),
    readable: gauge('metrics_readable', '0: what it is about could not be read, and is left out', ['source'] as const),
    left: gauge('alerts_left_out', `Open alerts beyond the ${ALERTS} that are exported`, []),
    lease: gauge('lease_held', '1: this process watches', []),
    running: gauge('probes_running', 'Probes in flight', []),
    waiting: gauge('probes_waiting', 'Probes waiting for one in flight to end', []),
    lag: gauge('scheduler_lag_seconds', 'How much later than scheduled the last probe began', []),
    worstLag: gauge('scheduler_worst_lag_seconds', 'The greatest such delay since this process watches', []),
    trouble: gauge('monitor_trouble', '1: the monitor itself has a problem, such as a full disk', []),
    notifications: new Counter({
      name: 'opsconsole_notifications_total',
      help: 'What became of notifications since this process began, by reason',
      labelNames: ['channel', 'outcome', 'reason'] as const,
      registers,
    }),
    ended: new Counter({
      name: 'opsconsole_expressions_out_of_time_total',
      help: 'Regular expressions of the configuration that were ended since this process began',
      registers,
    }),
    probes: new Counter({name: 'opsconsole_probes_total', help: 'Probes since this process watches', registers}),
  }
}

interface MeasurementGauges {
  reset(): void
  set(target: AlertTarget, measurement: string, value: number): void
}

/** A metric for each measurement of each kind, made when one is first seen: each has its own unit. */
function measurementGauges(registry: Registry): MeasurementGauges {
  const gauges = new Map<string, Gauge<'environment' | 'name'>>()
  return {
    reset: () => gauges.forEach(gauge => gauge.reset()),
    set({kind, environment, name}, measurement, value) {
      const metric = measurementMetric(kind, measurement)
      const help = `${measurement} of a ${kind} at its last probe`
      const labelNames = ['environment', 'name'] as const
      const gauge = gauges.get(metric.name) ?? new Gauge({name: metric.name, help, labelNames, registers: [registry]})
      gauges.set(metric.name, gauge)
      gauge.set({environment, name}, value * metric.factor)
    },
  }
}

function exportTarget(gauges: Metrics['targets'], measurements: MeasurementGauges, target: AlertTarget): void {
  const labels = {kind: target.kind, environment: target.environment, name: target.name}
  for (const state of STATES) gauges.state.set({...labels, state}, target.state === state ? 1 : 0)
  exportSlos(gauges, target)
  const {sample} = target
  if (sample === undefined) return
  gauges.seen.set(labels, sample.at / 1000)
  // Old measurements are not measurements: a series that ends tells a Prometheus what is true.
  if (target.state === 'no data') return
  gauges.up.set(labels, target.state === 'down' ? 0 : 1)
  if (target.state !== 'down') gauges.latency.set(labels, sample.latencyMs / 1000)
  for (const [measurement, value] of Object.entries(sample.values)) measurements.set(target, measurement, value)
}

function exportSlos(gauges: Metrics['targets'], {environment, name, slos = []}: AlertTarget): void {
  for (const {of: objective, objective: share, left, burns} of slos) {
    const labels = {environment, name, objective}
    gauges.objective.set(labels, share)
    if (left !== undefined) gauges.budget.set(labels, left)
    for (const {long, short, longRate, shortRate} of burns) {
      if (longRate !== undefined) gauges.burn.set({...labels, window: long}, longRate)
      if (shortRate !== undefined) gauges.burn.set({...labels, window: short}, shortRate)
    }
  }
}

function exportAlerts({alerts, left}: Metrics, alertStore: Pick<AlertStore, 'since'>): void {
  const open = alertStore.since(Number.MAX_SAFE_INTEGER)
  for (const {rule, severity, target, state} of open.slice(0, ALERTS)) alerts.set({rule, severity, target, state}, 1)
  left.set(Math.max(0, open.length - ALERTS))
}

function exportMonitor(metrics: Metrics, monitor: Pick<Monitor, 'status'>): void {
  const {state, scheduler, notifications, trouble} = monitor.status()
  metrics.lease.set(state === 'here' ? 1 : 0)
  metrics.running.set(scheduler.running)
  metrics.waiting.set(scheduler.waiting)
  metrics.lag.set(scheduler.lagMs / 1000)
  metrics.worstLag.set(scheduler.worstLagMs / 1000)
  metrics.trouble.set(trouble === undefined ? 0 : 1)
  metrics.notifications.reset()
  for (const {channel, outcome, reason, count} of notifications)
    metrics.notifications.inc({channel, outcome, reason}, count)
  metrics.probes.reset()
  metrics.probes.inc(scheduler.probes)
}
