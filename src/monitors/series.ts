import type {History} from './history.ts'
import {SPANS} from './history.ts'
import type {TargetId} from './sample.ts'
import {percentiles} from './sketch.ts'

/** How far back a chart shows. */
export const RANGES = ['5m', '1h', '24h', '7d'] as const
export type RangeName = (typeof RANGES)[number]

/** Values at even distances, the newest last; undefined where nothing answered. */
export interface Series {
  readonly values: readonly (number | undefined)[]
  /** Of the newest value. */
  readonly at: number
  readonly stepMs: number
}

const RANGE_MS: Readonly<Record<RangeName, number>> = {
  '5m': SPANS.fiveMinutes,
  '1h': SPANS.hour,
  '24h': SPANS.day,
  '7d': 7 * SPANS.day,
}
const MOST_VALUES = 120

/** The same time in at most so many values; each is the worst of those it stands for. */
export function inAtMost(series: Series, most: number): Series {
  const size = Math.ceil(series.values.length / Math.max(1, most))
  if (size <= 1) return series
  // Counted from the newest, so that only the oldest group may be short.
  const values = Array.from({length: Math.ceil(series.values.length / size)}, (_, back) => {
    const end = series.values.length - back * size
    const known = series.values.slice(Math.max(0, end - size), end).filter(value => value !== undefined)
    return known.length === 0 ? undefined : Math.max(...known)
  })
  return {values: values.toReversed(), at: series.at, stepMs: series.stepMs * size}
}

interface Asked {
  readonly range: RangeName
  readonly now: number
  readonly intervalMs: number
}

/** What was read last stays until the thing is probed again: a console draws it every second. */
export function seriesReader(history: Pick<History, 'points' | 'rollups'>) {
  let last: {readonly wanted: string; readonly series: Series} | undefined
  return (target: TargetId, probedAt: number | undefined, asked: Asked): Series => {
    const wanted = `${target} ${asked.range} ${probedAt}`
    if (last?.wanted !== wanted) last = {wanted, series: latencySeries(history, target, asked)}
    return last.series
  }
}

/** How long probes took: the slowest of each step in the last hour, the 95th percentile in what is older. */
export function latencySeries(
  history: Pick<History, 'points' | 'rollups'>,
  target: TargetId,
  {range, now, intervalMs}: Asked,
): Series {
  const span = range === '24h' ? SPANS.fiveMinutes : range === '7d' ? SPANS.hour : undefined
  const stepMs = span ?? Math.max(intervalMs, RANGE_MS[range] / MOST_VALUES)
  const count = Math.ceil(RANGE_MS[range] / stepMs)
  // Steps begin at multiples, so that a value stays what it was while new ones come.
  const end = (Math.floor(now / stepMs) + 1) * stepMs
  const since = end - count * stepMs
  const values: (number | undefined)[] = Array.from({length: count}, () => undefined)
  const put = (at: number, value: number | undefined): void => {
    const step = Math.floor((at - since) / stepMs)
    if (value !== undefined && step >= 0 && step < count) values[step] = Math.max(values[step] ?? 0, value)
  }
  if (span === undefined)
    for (const {at, status, latencyMs} of history.points(target, since))
      put(at, status === 'down' ? undefined : latencyMs)
  else
    for (const {start, histogram} of history.rollups(target, span, since, end))
      put(start, percentiles([histogram.answered], [0.95])[0])
  // What has just begun may have no value yet: that is no gap.
  const known = values.at(-1) === undefined ? values.slice(0, -1) : values
  return {values: known, at: since + known.length * stepMs, stepMs}
}
