import type {Watched} from './history.ts'
import type {ProbeOutcome, Target} from './sample.ts'
import {stateAt} from './state.ts'
import {NEVER_WATCHED, withUnprobed} from './unprobed-now.ts'

/**
 * What a single command saw, for its own eyes: it counts in no window and as no failure, since nobody watches. What is
 * kept of the target stays as it is.
 */
export function seenOnce(target: Target, known: Watched | undefined, outcome: ProbeOutcome, at: number): Watched {
  if (!outcome.probed) return withUnprobed(known, {reason: outcome.reason, since: at, at})
  const before = known ?? NEVER_WATCHED
  const {result} = outcome
  const shown = stateAt(before, target.intervalMs, at)
  const {track, windows, recent, spent} = before
  return {
    windows,
    recent,
    ...(spent === undefined ? {} : {spent}),
    sample: {...result, target: target.id, at},
    track: {
      state: result.status,
      since: shown.state === result.status ? (shown.since ?? at) : at,
      at,
      failures: track?.failures ?? 0,
      changes: track?.changes ?? [],
      ...(track?.probedSince === undefined ? {} : {probedSince: track.probedSince}),
    },
  }
}
