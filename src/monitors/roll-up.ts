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

/** Roll-ups of what ended between the five minutes from `start` on, which were open, and `now`: these, their hour, their day. */
export function closedSpans(
  history: Pick<History, 'rollups'>,
  target: TargetId,
  {start, now, points}: {readonly start: number; readonly now: number; readonly points: readonly Point[]},
): readonly Rollup[] {
  const end = start + SPANS.fiveMinutes
  const histogram = histogramOf(points.filter(({at}) => at >= start && at < end))
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
