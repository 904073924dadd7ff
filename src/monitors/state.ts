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
  /** Since when it has been probed without a gap. */
  readonly probedSince?: number
}

/** An attempt that could not probe at all. */
export interface Unprobed {
  readonly reason: string
  readonly since: number
  readonly at: number
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
  sample: {readonly at: number; readonly status: Health; readonly latencyMs?: number},
  intervalMs: number,
): Track {
  // Until the probe began: one that waits for its deadline, longer than two intervals, looked all the time.
  const unwatchedMs = sample.at - (sample.latencyMs ?? 0) - (before?.at ?? 0)
  // A sample before the last one: the clock was set back while nobody watched.
  const gap = before !== undefined && (unwatchedMs > staleAfter(intervalMs) || sample.at < before.at)
  const failures = sample.status === 'down' ? (gap ? 0 : (before?.failures ?? 0)) + 1 : 0
  const changed = before !== undefined && before.state !== sample.status
  const recent = (before?.changes ?? []).filter(at => at > sample.at - HOUR_MS && at <= sample.at)
  return {
    state: sample.status,
    // After a gap nobody knows what was in between, so the state only holds since now.
    since: before === undefined || changed || gap ? sample.at : before.since,
    at: sample.at,
    failures,
    probedSince: before === undefined || gap ? sample.at : (before.probedSince ?? before.since),
    changes: changed ? [...recent, sample.at].slice(-CHANGES_KEPT) : recent,
  }
}

export const isFlapping = (track: Track, now: number): boolean =>
  track.changes.filter(at => at > now - HOUR_MS && at <= now).length >= FLAPPING_CHANGES

/** Why it could not be probed, while that is the newest that is known of it. */
export function unprobedAt(
  known: {readonly unprobed?: Unprobed | undefined} | undefined,
  intervalMs: number,
  now: number,
): Unprobed | undefined {
  const unprobed = known?.unprobed
  return unprobed !== undefined && now <= unprobed.at + staleAfter(intervalMs) ? unprobed : undefined
}

/** The track by a clock that was set by so much. */
export function redateTrack(track: Track, byMs: number): Track {
  return {
    ...track,
    since: track.since + byMs,
    at: track.at + byMs,
    changes: track.changes.map(at => at + byMs),
    ...(track.probedSince === undefined ? {} : {probedSince: track.probedSince + byMs}),
  }
}

/** The state as it may be shown now: `no data` before the first sample, and when the last one is too old. */
export function stateAt(
  known: {readonly track: Track | undefined; readonly unprobed?: Unprobed | undefined} | undefined,
  intervalMs: number,
  now: number,
): {readonly state: ServiceState; readonly since: number | undefined} {
  const unprobed = unprobedAt(known, intervalMs, now)
  if (unprobed !== undefined) return {state: 'no data', since: unprobed.since}
  const track = known?.track
  if (track === undefined) return {state: 'no data', since: undefined}
  const stale = track.at + staleAfter(intervalMs)
  if (now > stale) return {state: 'no data', since: stale}
  // A sample from the future: the clock was set back, and its age means nothing.
  if (track.at > now + intervalMs) return {state: 'no data', since: now}
  return {state: track.state, since: track.since}
}
