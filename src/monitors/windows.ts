import type {History} from './history.ts'
import {SPANS} from './history.ts'
import {addHistogram, measurementsOf, samplesOf} from './histogram.ts'
import type {StretchMeasurements, WindowMeasurements, WindowName} from './rows.ts'
import type {PointSeries} from './point-series.ts'
import type {TargetId} from './sample.ts'
import {stretchHistogram} from './stretch.ts'

export const WINDOW_MS: Readonly<Record<WindowName, number>> = {
  '5m': SPANS.fiveMinutes,
  '1h': SPANS.hour,
  '24h': SPANS.day,
  '7d': 7 * SPANS.day,
}
const WINDOWS = Object.keys(WINDOW_MS) as readonly WindowName[]
const WEEK_MS = 7 * SPANS.day

/** The windows of one target as they were worked out, and when; there are thousands of these. */
export interface KeptWindows {
  readonly measuredAt: number[]
  readonly weekBeforeAt: number[]
  list: readonly WindowMeasurements[]
}

const never = (): number[] => [Number.NaN, Number.NaN, Number.NaN, Number.NaN]
export const noWindows = (): KeptWindows => ({measuredAt: never(), weekBeforeAt: never(), list: []})

/** What a target is known by: its probes of the last hour, and from when on they are in no roll-up. */
export interface Recent {
  readonly points: Pick<PointSeries, 'countWhere'>
  readonly open: number
}

/** Each window is worked out again when a sixtieth of it has passed, five minutes at most; the week before twelve times more seldom. */
export function refreshWindows(
  history: Pick<History, 'rollups'>,
  target: TargetId,
  kept: KeptWindows,
  {recent, now}: {readonly recent: Recent; readonly now: number},
): readonly WindowMeasurements[] {
  let next: WindowMeasurements[] | undefined
  let index = -1
  for (const window of WINDOWS) {
    index += 1
    const pause = Math.min(WINDOW_MS[window] / 60, SPANS.fiveMinutes)
    const before = kept.list[index]
    const isMeasured = before !== undefined && isFresh(kept.measuredAt[index], now, pause)
    const isCompared = isFresh(kept.weekBeforeAt[index], now, pause * 12)
    if (isMeasured && isCompared) continue
    const measured = isMeasured ? before : measure(history, target, {window, recent, now})
    if (!isMeasured) kept.measuredAt[index] = now
    if (!isCompared) kept.weekBeforeAt[index] = now
    const weekBefore = isCompared ? before?.weekBefore : measureWeekBefore(history, target, window, now)
    next ??= [...kept.list]
    next[index] = compared(measured, weekBefore)
  }
  if (next !== undefined) kept.list = next
  return kept.list
}

function compared(measured: WindowMeasurements, weekBefore: StretchMeasurements | undefined): WindowMeasurements {
  if (weekBefore === measured.weekBefore) return measured
  if (weekBefore !== undefined) return {...measured, weekBefore}
  const {weekBefore: _, ...without} = measured
  return without
}

/** A clock that was set back makes nothing fresh. */
const isFresh = (at: number | undefined, now: number, pause: number): boolean =>
  at !== undefined && now >= at && now - at < pause

/** Short windows from the probes themselves, long ones from roll-ups and the probes that are in none yet. */
function measure(
  history: Pick<History, 'rollups'>,
  target: TargetId,
  {window, recent, now}: {readonly window: WindowName; readonly recent: Recent; readonly now: number},
): WindowMeasurements {
  const since = now - WINDOW_MS[window]
  if (window === '5m' || window === '1h')
    return measurementsOf(
      window,
      recent.points.countWhere(at => at > since),
    )
  const histogram = stretchHistogram(history, target, {since, until: recent.open}, now)
  addHistogram(
    histogram,
    recent.points.countWhere(at => at >= recent.open),
  )
  return measurementsOf(window, histogram)
}

function measureWeekBefore(
  history: Pick<History, 'rollups'>,
  target: TargetId,
  window: WindowName,
  now: number,
): StretchMeasurements | undefined {
  const until = now - WEEK_MS
  const histogram = stretchHistogram(history, target, {since: until - WINDOW_MS[window], until}, now)
  if (samplesOf(histogram) === 0) return undefined
  const {window: _, withFailed: __, ...measurements} = measurementsOf(window, histogram)
  return measurements
}
