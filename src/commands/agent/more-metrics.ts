import type {MetricSource} from '../../monitors/metrics/metric-source.ts'
import {RUNS_MEASURED, runMetrics} from '../../monitors/metrics/run-metrics.ts'
import {trailMetrics} from '../../monitors/metrics/trail-metrics.ts'
import type {CommandContext} from '../command.ts'

/** What an agent exports of runs and of the audit trail. */
export function moreMetrics({engine, brokenTrail, trailRecords, clock}: CommandContext): readonly MetricSource[] {
  return [
    runMetrics(() => engine().list(RUNS_MEASURED)),
    trailMetrics({records: trailRecords, broken: brokenTrail, now: () => clock.now()}),
  ]
}
