import {keptAuto} from '../../alerts/auto/record.ts'
import {autoMetrics} from '../../monitors/metrics/auto-metrics.ts'
import type {MetricSource} from '../../monitors/metrics/metric-source.ts'
import {RUNS_MEASURED, runMetrics} from '../../monitors/metrics/run-metrics.ts'
import {trailMetrics} from '../../monitors/metrics/trail-metrics.ts'
import type {CommandContext} from '../command.ts'

/** What an agent exports of runs, of policies that start them, and of the audit trail. */
export function moreMetrics({
  engine,
  brokenTrail,
  trailRecords,
  clock,
  config,
  records,
}: CommandContext): readonly MetricSource[] {
  return [
    runMetrics(() => engine().list(RUNS_MEASURED)),
    autoMetrics({policies: () => config().alerts.auto.map(({name}) => name), record: () => keptAuto(records)}),
    trailMetrics({records: trailRecords, broken: brokenTrail, now: () => clock.now()}),
  ]
}
