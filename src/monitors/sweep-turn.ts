import {SPANS, type Watched} from './history.ts'
import type {Target, TargetId} from './sample.ts'
import {type Track, staleAfter, unprobedAt} from './state.ts'
import {spanStart} from './stretch.ts'

/** Up, and probed as often as it should be: no rule finds anything new in it before its next probe, or before the hour turns. */
function isQuiet(
  known: Pick<Watched, 'unprobed'> & {readonly track: Track | undefined},
  intervalMs: number,
  now: number,
): boolean {
  const {track} = known
  if (track?.state !== 'up' || unprobedAt(known, intervalMs, now) !== undefined) return false
  return now <= track.at + staleAfter(intervalMs) && track.at <= now + intervalMs
}

/** Which targets a sweep looks at: all that are not simply well. Whatever has an alert is judged anyway. */
export const inSweep = (
  targets: readonly Target[],
  known: Pick<ReadonlyMap<TargetId, Watched>, 'get'>,
  now: number,
): readonly Target[] =>
  targets.filter(({id, intervalMs}) => {
    const watched = known.get(id)
    return watched === undefined || !isQuiet(watched, intervalMs, now)
  })

/** What is usual is that of the hour (`baseline`): when it turns, every target is to be judged. */
export const hasTurned = (before: number, now: number): boolean =>
  spanStart(before, SPANS.hour) !== spanStart(now, SPANS.hour)

const AT_A_TIME = 250
const PAUSE_MS = 20

/** Judges all of these, a part at a time: probes go on meanwhile. It ends early when `judge` says so. */
export function inParts(
  targets: readonly Target[],
  judge: (part: readonly Target[]) => boolean,
  after: (ms: number, run: () => void) => void,
): void {
  if (targets.length === 0 || !judge(targets.slice(0, AT_A_TIME))) return
  after(PAUSE_MS, () => inParts(targets.slice(AT_A_TIME), judge, after))
}
