import type {AlertTarget} from '../alerts/alert-target.ts'
import type {Watched} from './history.ts'
import type {Target} from './sample.ts'
import {isFlapping, stateAt} from './state.ts'

/** A target as the alert rules see it at one moment. */
export function subjectOf(
  target: Target,
  known: Watched | undefined,
  {now, watchedSince}: {readonly now: number; readonly watchedSince: number},
): AlertTarget {
  const {id, kind, environment, name, intervalMs} = target
  return {
    target: id,
    kind,
    environment,
    name,
    intervalMs,
    ...stateAt(known?.track, intervalMs, now),
    failures: known?.track.failures ?? 0,
    flapping: known !== undefined && isFlapping(known.track, now),
    sample: known?.sample,
    watchedSince,
  }
}
