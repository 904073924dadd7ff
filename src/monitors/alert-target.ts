import type {AlertTarget, Past} from '../alerts/alert-target.ts'
import {slosOf} from './objectives/budget.ts'
import {currentSpent} from './objectives/spent.ts'
import type {Watched} from './history.ts'
import type {Target} from './sample.ts'
import {slowestFirstResult} from './scheduler.ts'
import {isFlapping, staleAfter, stateAt, unprobedAt} from './state.ts'

/** A target as the alert rules see it at one moment. */
export function subjectOf(
  target: Target,
  known: Watched | undefined,
  {now, watchedSince, past}: {readonly now: number; readonly watchedSince: number; readonly past?: Past},
): AlertTarget {
  const {id, kind, environment, name, intervalMs} = target
  return {
    target: id,
    kind,
    environment,
    name,
    intervalMs,
    ...stateAt(known, intervalMs, now),
    failures: known?.track?.failures ?? 0,
    probedSince: known?.track?.probedSince,
    unprobed: unprobedAt(known, intervalMs, now),
    flapping: known?.track !== undefined && isFlapping(known.track, now),
    sample: known?.sample,
    watchedSince,
    firstResultBy: watchedSince + Math.max(staleAfter(intervalMs), slowestFirstResult(target)),
    ...(target.objective === undefined ? {} : {slos: slosOf(target.objective, currentSpent(known, now))}),
    ...(past === undefined ? {} : {past}),
  }
}
