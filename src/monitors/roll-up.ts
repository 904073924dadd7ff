import type {History, Rollup, Span} from './history.ts'
import {SPANS} from './history.ts'
import type {Histogram} from './histogram.ts'
import {addHistogram, countPoint, emptyHistogram, samplesOf} from './histogram.ts'
import type {Point, TargetId} from './sample.ts'
import {spanStart} from './stretch.ts'

export function histogramOf(points: readonly Point[]): Histogram {
  const histogram = emptyHistogram()
  for (const point of points) countPoint(histogram, point.status, point.latencyMs)
  return histogram
}

/** After timeouts a target is probed so many times more seldom, and each failed probe stands for more time. */
const SELDOM = 1.5

/**
 * A histogram that knows how long it was down: each failed probe stands for the time until the next, which may not be among
 * `chosen`, or until now.
 */
export function timedHistogram(
  chosen: readonly Point[],
  {all, now, intervalMs}: {readonly all: readonly Point[]; readonly now: number; readonly intervalMs: number},
): Histogram {
  const histogram = histogramOf(chosen)
  if (histogram.down === 0) return histogram
  const failed = new Set(chosen.filter(({status}) => status === 'down'))
  for (const [index, point] of all.entries()) {
    if (!failed.has(point)) continue
    const next = all[index + 1]?.at ?? Math.max(now, point.at + intervalMs)
    histogram.downMs += Math.min(next - point.at, SELDOM * intervalMs)
  }
  return histogram
}

interface Closing {
  readonly start: number
  readonly now: number
  readonly points: readonly Point[]
  readonly intervalMs: number
  /** In a maintenance. */
  readonly isExcluded: (at: number) => boolean
}

/** Roll-ups of what ended between the five minutes from `start` on, which were open, and `now`: these, their hour, their day. */
export function closedSpans(
  history: Pick<History, 'rollups'>,
  target: TargetId,
  {start, now, points, intervalMs, isExcluded}: Closing,
): readonly Rollup[] {
  const end = start + SPANS.fiveMinutes
  const within = points.filter(({at}) => at >= start && at < end)
  const time = {all: points, now, intervalMs}
  const histogram = timedHistogram(within, time)
  const excluded = within.filter(({at}) => isExcluded(at))
  if (excluded.length > 0) histogram.excluded = timedHistogram(excluded, time)
  const closed: Rollup[] = samplesOf(histogram) === 0 ? [] : [{target, span: SPANS.fiveMinutes, start, histogram}]
  for (const [span, finer] of [
    [SPANS.hour, SPANS.fiveMinutes],
    [SPANS.day, SPANS.hour],
  ] as const) {
    const begin = spanStart(start, span)
    if (spanStart(now, span) === begin) break
    // The newest of the finer ones may not be in the store yet.
    const fresh = closed.filter(each => each.span === finer && each.start >= begin)
    const known = history.rollups(target, finer, begin, fresh[0]?.start ?? begin + span)
    closed.push(...merged(target, span, begin, [...known, ...fresh]))
  }
  return closed
}

/** Days of the hours that are kept, for a target that was watched before there were days. */
export function missingDays(history: Pick<History, 'rollups'>, target: TargetId, now: number): readonly Rollup[] {
  if (history.rollups(target, SPANS.day, 0, now).length > 0) return []
  const hours = history.rollups(target, SPANS.hour, 0, spanStart(now, SPANS.day))
  const days = Map.groupBy(hours, ({start}) => spanStart(start, SPANS.day))
  return [...days].flatMap(([start, of]) => merged(target, SPANS.day, start, of))
}

function merged(target: TargetId, span: Span, start: number, parts: readonly Rollup[]): readonly Rollup[] {
  const histogram = emptyHistogram()
  for (const part of parts) addHistogram(histogram, part.histogram)
  return samplesOf(histogram) === 0 ? [] : [{target, span, start, histogram}]
}
