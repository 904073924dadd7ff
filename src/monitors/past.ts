import type {Past} from '../alerts/alert-target.ts'
import {addHistogram, emptyHistogram, samplesOf} from './histogram.ts'
import type {History} from './history.ts'
import {SPANS} from './history.ts'
import type {TargetId} from './sample.ts'
import {percentiles} from './sketch.ts'

const DAY_MS = 24 * SPANS.hour
const DAYS = 7

type Usual = ReturnType<Past['usual']>

/** What was measured of targets before now, for rules that compare. What is usual in an hour is worked out once in it. */
export function openPast(history: Pick<History, 'points' | 'rollups'>): (target: TargetId) => Past {
  const known = new Map<TargetId, {readonly hour: number; readonly usual: Usual}>()
  return target => ({
    points: since => history.points(target, since),
    usual(now) {
      const hour = Math.floor(now / SPANS.hour) * SPANS.hour
      const before = known.get(target)
      if (before?.hour === hour) return before.usual
      const usual = usualAt(history, target, hour)
      known.set(target, {hour, usual})
      return usual
    },
  })
}

/** Failed probes have no latency, and are not counted. */
function usualAt(history: Pick<History, 'rollups'>, target: TargetId, hour: number): Usual {
  const sum = emptyHistogram()
  for (const {start, histogram} of history.rollups(target, SPANS.hour, hour - DAYS * DAY_MS, hour))
    if ((hour - start) % DAY_MS === 0) addHistogram(sum, histogram)
  const [p95] = percentiles([sum.answered], [0.95])
  return {p95, count: samplesOf(sum) - sum.down}
}
