import type {History, Span} from './history.ts'
import {KEPT_MS, SPANS} from './history.ts'
import type {Histogram} from './histogram.ts'
import {addHistogram, emptyHistogram} from './histogram.ts'
import type {TargetId} from './sample.ts'

export interface Stretch {
  /** Included. */
  readonly since: number
  /** Not included. */
  readonly until: number
}

interface Piece extends Stretch {
  readonly span: Span
}

export const spanStart = (at: number, span: number): number => Math.floor(at / span) * span
const spanEnd = (at: number, span: number): number => Math.ceil(at / span) * span

/**
 * The roll-ups that cover a stretch, at most five ranges: fine ones at its ends as long as they are kept, coarse ones in
 * between. A month is some eighty rows in place of nine thousand. Where fine ones are gone, it begins with the first whole
 * coarse one.
 */
export function piecesOf({since, until}: Stretch, now: number): readonly Piece[] {
  return cover({since, until: spanStart(until, SPANS.fiveMinutes)}, [SPANS.day, SPANS.hour, SPANS.fiveMinutes], now)
}

function cover({since, until}: Stretch, [span, ...finer]: readonly Span[], now: number): readonly Piece[] {
  if (span === undefined || since >= until) return []
  const from = spanEnd(since, span)
  const to = spanStart(until, span)
  if (from >= to) return cover({since, until}, finer, now)
  const before = finer.some(each => since >= now - keptFor(each)) ? cover({since, until: from}, finer, now) : []
  return [...before, {span, since: from, until: to}, ...cover({since: to, until}, finer, now)]
}

const keptFor = (span: Span): number =>
  span === SPANS.day ? KEPT_MS.day : span === SPANS.hour ? KEPT_MS.hour : KEPT_MS.fiveMinutes

/** Everything that roll-ups know of a stretch. */
export function stretchHistogram(
  history: Pick<History, 'rollups'>,
  target: TargetId,
  stretch: Stretch,
  now: number,
): Histogram {
  const histogram = emptyHistogram()
  for (const {span, since, until} of piecesOf(stretch, now))
    for (const rollup of history.rollups(target, span, since, until)) addHistogram(histogram, rollup.histogram)
  return histogram
}
