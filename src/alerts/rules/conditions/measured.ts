import type {Point} from '../../../monitors/sample.ts'
import type {AlertTarget} from '../../alert-target.ts'
import {freshValues} from './condition.ts'

/** How many probes of a stretch become one number. */
export const STATISTICS = ['mean', 'min', 'max', 'p95'] as const
export type Statistic = (typeof STATISTICS)[number]

/** What the newest sample says of a measurement, while it is fresh. A probe that failed has no latency. */
export function measuredNow(target: AlertTarget, measurement: string): number | undefined {
  const {sample, state} = target
  if (measurement !== 'latency') return freshValues(target)[measurement]
  return state === 'no data' || sample === undefined || sample.status === 'down' ? undefined : sample.latencyMs
}

/** The same of one probe that is kept. */
export const measuredAt = ({status, latencyMs, values}: Point, measurement: string): number | undefined =>
  measurement === 'latency' ? (status === 'down' ? undefined : latencyMs) : values?.[measurement]

/** What was measured since then, oldest first; nothing of what nobody knows now. */
export function measuredSince(target: AlertTarget, since: number): readonly Point[] {
  if (target.state === 'no data') return []
  return target.past?.points(since) ?? []
}

/** Undefined of nothing. The percentile is by nearest rank. */
export function statisticOf(values: readonly number[], statistic: Statistic): number | undefined {
  if (values.length === 0) return undefined
  switch (statistic) {
    case 'mean':
      return values.reduce((sum, value) => sum + value, 0) / values.length
    case 'min':
      return Math.min(...values)
    case 'max':
      return Math.max(...values)
    case 'p95':
      return values.toSorted((a, b) => a - b)[Math.ceil(values.length * 0.95) - 1]
    default:
      return statistic satisfies never
  }
}
