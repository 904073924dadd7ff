import type {Figure} from '../alerts/rules/figure.ts'
import type {History, Span} from './history.ts'
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
  /** What is drawn, where that is not how long probes took. */
  readonly figure?: Figure
  /** Why nothing can be drawn, one sentence. */
  readonly missing?: string
}

const RANGE_MS: Readonly<Record<RangeName, number>> = {
  '5m': SPANS.fiveMinutes,
  '1h': SPANS.hour,
  '24h': SPANS.day,
  '7d': 7 * SPANS.day,
}
const MOST_VALUES = 120

/** The same time in at most so many values; each is the worst of those it stands for. */
export function inAtMost(
  series: Series,
  most: number,
  worst: (...values: readonly number[]) => number = Math.max,
): Series {
  const size = Math.ceil(series.values.length / Math.max(1, most))
  if (size <= 1) return series
  // Counted from the newest, so that only the oldest group may be short.
  const values = Array.from({length: Math.ceil(series.values.length / size)}, (_, back) => {
    const end = series.values.length - back * size
    const known = series.values.slice(Math.max(0, end - size), end).filter(value => value !== undefined)
    return known.length === 0 ? undefined : worst(...known)
  })
  return {values: values.toReversed(), at: series.at, stepMs: series.stepMs * size}
}

export interface Asked {
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

/** The steps of a range, each of which becomes one value. Long ranges are read from roll-ups of that span. */
export interface Steps {
  readonly span: Span | undefined
  readonly stepMs: number
  readonly count: number
  readonly since: number
  readonly until: number
}

export function stepsOf({range, now, intervalMs}: Asked): Steps {
  const span = range === '24h' ? SPANS.fiveMinutes : range === '7d' ? SPANS.hour : undefined
  const stepMs = span ?? Math.max(intervalMs, RANGE_MS[range] / MOST_VALUES)
  const count = Math.ceil(RANGE_MS[range] / stepMs)
  // Steps begin at multiples, so that a value stays what it was while new ones come.
  const until = (Math.floor(now / stepMs) + 1) * stepMs
  return {span, stepMs, count, since: until - count * stepMs, until}
}

/** The worst of each step; what has no value is a gap. */
export function stepped(
  {stepMs, count, since}: Steps,
  measured: readonly {readonly at: number; readonly value: number | undefined}[],
  worst: (a: number, b: number) => number = Math.max,
): Series {
  const values: (number | undefined)[] = Array.from({length: count}, () => undefined)
  for (const {at, value} of measured) {
    const step = Math.floor((at - since) / stepMs)
    if (value === undefined || step < 0 || step >= count) continue
    const before = values[step]
    values[step] = before === undefined ? value : worst(before, value)
  }
  // What has just begun may have no value yet: that is no gap.
  const known = values.at(-1) === undefined ? values.slice(0, -1) : values
  return {values: known, at: since + known.length * stepMs, stepMs}
}

/** How long probes took: the slowest of each step in the last hour, the 95th percentile in what is older. */
export function latencySeries(history: Pick<History, 'points' | 'rollups'>, target: TargetId, asked: Asked): Series {
  const steps = stepsOf(asked)
  const measured =
    steps.span === undefined
      ? history
          .points(target, steps.since)
          .map(({at, status, latencyMs}) => ({at, value: status === 'down' ? undefined : latencyMs}))
      : history
          .rollups(target, steps.span, steps.since, steps.until)
          .map(({start, histogram}) => ({at: start, value: percentiles([histogram.answered], [0.95])[0]}))
  return stepped(steps, measured)
}
