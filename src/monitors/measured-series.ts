import type {Figure} from '../alerts/rules/figure.ts'
import {figureSeries} from './figure-series.ts'
import type {History} from './history.ts'
import type {TargetId} from './sample.ts'
import type {Asked, Series} from './series.ts'

/** One of the measurements of a target over time. What was read last stays until the target is probed again. */
export function measuredReader(history: Pick<History, 'points' | 'rollups'>) {
  let last: {readonly wanted: string; readonly series: Series} | undefined
  return (target: TargetId, figure: Figure, probedAt: number | undefined, asked: Asked): Series => {
    const wanted = `${target} ${figure.measurement} ${figure.limit} ${asked.range} ${probedAt}`
    if (last?.wanted !== wanted) {
      const source = {of: 'probes', measurement: figure.measurement} as const
      last = {wanted, series: figureSeries(figure, source, {history, target, inMaintenance: () => false}, asked)}
    }
    return last.series
  }
}
