import type {History} from './history.ts'
import {SPANS} from './history.ts'
import {addHistogram, measurementsOf, samplesOf} from './histogram.ts'
import {histogramOf} from './roll-up.ts'
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

interface Kept<Value> {
  readonly at: number
  readonly value: Value
}

/** What was worked out of one target, and when. */
export interface KeptWindows {
  readonly windows: Map<WindowName, Kept<WindowMeasurements>>
  readonly weekBefore: Map<WindowName, Kept<StretchMeasurements | undefined>>
}

export const noWindows = (): KeptWindows => ({windows: new Map(), weekBefore: new Map()})

/** What a target is known by: its probes of the last hour, and from when on they are in no roll-up. */
export interface Recent {
  readonly points: Pick<PointSeries, 'where'>
  readonly open: number
}

/** Each window is worked out again when a sixtieth of it has passed, five minutes at most; the week before twelve times more seldom. */
export function refreshWindows(
  history: Pick<History, 'rollups'>,
  target: TargetId,
  kept: KeptWindows,
  {recent, now}: {readonly recent: Recent; readonly now: number},
): readonly WindowMeasurements[] {
  return WINDOWS.map(window => {
    const pause = Math.min(WINDOW_MS[window] / 60, SPANS.fiveMinutes)
    const measured = fresh(kept.windows, window, {now, pause}, () => measure(history, target, {window, recent, now}))
    const {value: weekBefore} = fresh(kept.weekBefore, window, {now, pause: pause * 12}, () =>
      measureWeekBefore(history, target, window, now),
    )
    return weekBefore === undefined ? measured.value : {...measured.value, weekBefore}
  })
}

function fresh<Value>(
  kept: Map<WindowName, Kept<Value>>,
  window: WindowName,
  {now, pause}: {readonly now: number; readonly pause: number},
  make: () => Value,
): Kept<Value> {
  const known = kept.get(window)
  if (known && now >= known.at && now - known.at < pause) return known
  const made = {at: now, value: make()}
  kept.set(window, made)
  return made
}

/** Short windows from the probes themselves, long ones from roll-ups and the probes that are in none yet. */
function measure(
  history: Pick<History, 'rollups'>,
  target: TargetId,
  {window, recent, now}: {readonly window: WindowName; readonly recent: Recent; readonly now: number},
): WindowMeasurements {
  const since = now - WINDOW_MS[window]
  if (window === '5m' || window === '1h')
    return measurementsOf(window, histogramOf(recent.points.where(at => at > since)))
  const histogram = stretchHistogram(history, target, {since, until: recent.open}, now)
  addHistogram(histogram, histogramOf(recent.points.where(at => at >= recent.open)))
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
