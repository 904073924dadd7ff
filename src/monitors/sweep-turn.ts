import type {Watched} from './history.ts'
import type {Target, TargetId} from './sample.ts'
import {type Track, staleAfter, unprobedAt} from './state.ts'

/** What is well is looked at in every fifth sweep: the rules judge it at each probe anyway. */
const TURNS = 5

/** Up, and probed as often as it should be: until its next probe no rule of time alone begins. */
function isQuiet(
  known: Pick<Watched, 'unprobed'> & {readonly track: Track | undefined},
  intervalMs: number,
  now: number,
): boolean {
  const {track} = known
  if (track?.state !== 'up' || unprobedAt(known, intervalMs, now) !== undefined) return false
  return now <= track.at + staleAfter(intervalMs) && track.at <= now + intervalMs
}

/** Which targets a sweep looks at: all that are not simply well, and those whose turn it is. */
export const inSweep = (
  targets: readonly Target[],
  known: Pick<ReadonlyMap<TargetId, Watched>, 'get'>,
  {sweep, now}: {readonly sweep: number; readonly now: number},
): readonly Target[] =>
  targets.filter(({id, intervalMs}, at) => {
    if (at % TURNS === sweep % TURNS) return true
    const watched = known.get(id)
    return watched === undefined || !isQuiet(watched, intervalMs, now)
  })
