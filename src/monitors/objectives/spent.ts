import type {History, Rollup} from '../history.ts'
import {SPANS} from '../history.ts'
import type {Histogram} from '../histogram.ts'
import type {PointSeries} from '../point-series.ts'
import type {Point, Target, TargetId} from '../sample.ts'
import {countAbove} from '../sketch.ts'
import {piecesOf} from '../stretch.ts'
import {timedHistogram} from '../roll-up.ts'
import type {BurnWindow, Objective, Spent, SpentByWindow, SpentWindow} from './objective.ts'
import {BURN_WINDOW_MS, NOTHING_SPENT} from './objective.ts'

/** Whether a moment of a target's watching is in a maintenance, which counts in no objective. */
export type InMaintenance = (target: TargetId, at: number) => boolean

/** What was worked out, and when; what came since then is added to it. */
export type KeptSpent = Map<SpentWindow, {readonly at: number; readonly spent: Spent}>

interface Known {
  /** Of the last hour, oldest first. */
  readonly points: Pick<PointSeries, 'where' | 'last'>
  /** From when on probes are in no roll-up. */
  readonly open: number
}

/**
 * After each probe. Each window is counted again when a sixtieth of it has passed, five minutes at most; until then the probe is
 * added, so that no budget is whole of which a rule says that it burns.
 */
export function refreshSpent(
  history: Pick<History, 'rollups'>,
  target: Target & {readonly objective: Objective},
  kept: KeptSpent,
  {recent, now, inMaintenance}: {readonly recent: Known; readonly now: number; readonly inMaintenance: InMaintenance},
): SpentByWindow {
  const {objective, intervalMs} = target
  const counting = {intervalMs, belowMs: objective.latency?.belowMs}
  const newest = recent.points.last(1).filter(({at}) => at === now && !inMaintenance(target.id, at))
  const added = spentOf(timedHistogram(newest, {all: newest, now, intervalMs}), counting)
  const count = (window: SpentWindow): Spent => {
    const lengthMs = window === 'period' ? objective.periodMs : BURN_WINDOW_MS[window]
    const known = kept.get(window)
    if (known && now >= known.at && now - known.at < Math.min(lengthMs / 60, SPANS.fiveMinutes)) {
      const spent = add(known.spent, added)
      kept.set(window, {at: known.at, spent})
      return spent
    }
    const isCounted = ({at}: Point): boolean => at > now - lengthMs && !inMaintenance(target.id, at)
    const since = lengthMs <= SPANS.hour ? now - lengthMs : recent.open
    const all = recent.points.where(at => at >= since)
    const chosen = all.filter(isCounted)
    const rolled =
      lengthMs <= SPANS.hour ? [] : rollupsOf(history, target.id, {since: now - lengthMs, until: since}, now)
    const spent = add(
      spentOf(timedHistogram(chosen, {all, now, intervalMs}), counting),
      ...rolled.map(({histogram}) => spentOf(counted(histogram), counting)),
    )
    kept.set(window, {at: now, spent})
    return spent
  }
  return {
    '5m': count('5m'),
    '30m': count('30m'),
    '1h': count('1h'),
    '6h': count('6h'),
    '3d': count('3d'),
    period: count('period'),
  }
}

/** Windows that have wholly passed since the last probe say nothing about now. */
export function currentSpent(
  known: {readonly spent?: SpentByWindow; readonly track: {readonly at: number} | undefined} | undefined,
  now: number,
): SpentByWindow | undefined {
  const {spent, track} = known ?? {}
  if (spent === undefined || track === undefined) return undefined
  const passed = (window: BurnWindow): boolean => now - track.at >= BURN_WINDOW_MS[window]
  const current = Object.entries(spent).map(([window, each]) => [
    window,
    window !== 'period' && passed(window as BurnWindow) ? NOTHING_SPENT : each,
  ])
  return Object.fromEntries(current) as SpentByWindow
}

function rollupsOf(
  history: Pick<History, 'rollups'>,
  target: TargetId,
  stretch: {readonly since: number; readonly until: number},
  now: number,
): readonly Rollup[] {
  return piecesOf(stretch, now).flatMap(({span, since, until}) => history.rollups(target, span, since, until))
}

/** Without what fell into a maintenance. */
export function counted(histogram: Histogram): Histogram {
  const {up, degraded, down, downMs, answered, failed, excluded} = histogram
  if (excluded === undefined) return histogram
  return {
    up: up - excluded.up,
    degraded: degraded - excluded.degraded,
    down: down - excluded.down,
    downMs: downMs - excluded.downMs,
    answered: without(answered, excluded.answered),
    failed: without(failed, excluded.failed),
  }
}

const without = (bins: ReadonlyMap<number, number>, less: ReadonlyMap<number, number>): Map<number, number> =>
  new Map([...bins].map(([bin, count]) => [bin, count - (less.get(bin) ?? 0)]))

function spentOf(
  {up, degraded, down: failed, downMs, answered}: Histogram,
  {intervalMs, belowMs}: {readonly intervalMs: number; readonly belowMs: number | undefined},
): Spent {
  const slow = belowMs === undefined ? 0 : countAbove(answered, belowMs)
  const failedMs = downMs === 0 ? failed * intervalMs : downMs
  return {probes: up + degraded + failed, failed, slow, failedMs, slowMs: slow * intervalMs}
}

const add = (...parts: readonly Spent[]): Spent =>
  parts.reduce(
    (sum, each) => ({
      probes: sum.probes + each.probes,
      failed: sum.failed + each.failed,
      slow: sum.slow + each.slow,
      failedMs: sum.failedMs + each.failedMs,
      slowMs: sum.slowMs + each.slowMs,
    }),
    NOTHING_SPENT,
  )
