import type {StretchMeasurements} from './rows.ts'

/** Of fewer probes a percentile says little. */
const ENOUGH_PROBES = 10

/** How much slower (0.2) or faster (-0.2) 95 of 100 answers are than a week before; undefined where either says little. */
export function latencyTrend(
  now: StretchMeasurements & {readonly weekBefore?: StretchMeasurements},
): number | undefined {
  const {weekBefore: before} = now
  if (before === undefined || now.samples < ENOUGH_PROBES || before.samples < ENOUGH_PROBES) return undefined
  return now.p95 === undefined || !before.p95 ? undefined : now.p95 / before.p95 - 1
}

/** `+20%`, `-3%`, `3.4x`: four columns or less. */
export function formatTrend(trend: number | undefined): string {
  if (trend === undefined) return '–'
  const percent = Math.round(trend * 100)
  if (percent >= 200) return `${(trend + 1).toFixed(trend + 1 < 10 ? 1 : 0)}x`
  return percent > 0 ? `+${percent}%` : `${percent}%`
}
