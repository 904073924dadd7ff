import type {Health, ServiceState} from './sample.ts'

/** What the samples of one target add up to. Persisted, so a restart forgets nothing. */
export interface Track {
  readonly state: Health
  /** Since when the state is known to hold. */
  readonly since: number
  /** When the last sample was taken. */
  readonly at: number
  /** Consecutive failed probes (down); 0 after any other result. */
  readonly failures: number
  /** Moments of the last state changes, oldest first, at most an hour back. */
  readonly changes: readonly number[]
}

const HOUR_MS = 3_600_000
const CHANGES_KEPT = 20
/** So many changes within the last hour, and the target is flapping rather than failing. */
const FLAPPING_CHANGES = 6

/** Knowledge older than two intervals is no knowledge (H3). */
export const staleAfter = (intervalMs: number): number => 2 * intervalMs

/** The track after one more sample. */
export function nextTrack(
  before: Track | undefined,
  sample: {readonly at: number; readonly status: Health},
  intervalMs: number,
): Track {
  const failures = sample.status === 'down' ? (before?.failures ?? 0) + 1 : 0
  const gap = before !== undefined && sample.at - before.at > staleAfter(intervalMs)
  const changed = before !== undefined && before.state !== sample.status
  const recent = (before?.changes ?? []).filter(at => at > sample.at - HOUR_MS)
  return {
    state: sample.status,
    // After a gap nobody knows what was in between, so the state only holds since now.
    since: before === undefined || changed || gap ? sample.at : before.since,
    at: sample.at,
    failures,
    changes: changed ? [...recent, sample.at].slice(-CHANGES_KEPT) : recent,
  }
}

export const isFlapping = (track: Track, now: number): boolean =>
  track.changes.filter(at => at > now - HOUR_MS).length >= FLAPPING_CHANGES

/** The state as it may be shown now: `no data` before the first sample, and when the last one is too old. */
export function stateAt(
  track: Track | undefined,
  intervalMs: number,
  now: number,
): {readonly state: ServiceState; readonly since: number | undefined} {
  if (track === undefined) return {state: 'no data', since: undefined}
  const stale = track.at + staleAfter(intervalMs)
  if (now > stale) return {state: 'no data', since: stale}
  // A sample from the future: the clock was set back, and its age means nothing.
  if (track.at > now + intervalMs) return {state: 'no data', since: now}
  return {state: track.state, since: track.since}
}
