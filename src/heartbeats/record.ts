/** What is kept of a heartbeat. */
export interface HeartbeatRecord {
  /** Since when it is expected. */
  readonly since: number
  /** The job said that it began, and not yet that it ended. */
  readonly startedAt?: number | undefined
  /** The last time that it said how it ended. */
  readonly last?: Ended | undefined
  /** When it last succeeded. */
  readonly succeededAt?: number | undefined
}

interface Ended {
  readonly at: number
  readonly ok: boolean
  readonly exitCode?: number | undefined
  /** What it said beside, escaped and short. */
  readonly message?: string | undefined
  /** From its start, where it said that it began. */
  readonly tookMs?: number | undefined
}

/** One sign of life. */
export interface Beat {
  readonly says: 'start' | 'success' | 'failure'
  readonly exitCode?: number | undefined
  readonly message?: string | undefined
}

/** What is kept after a sign of life. */
export function afterBeat(before: HeartbeatRecord | undefined, {says, ...more}: Beat, now: number): HeartbeatRecord {
  const known = before ?? {since: now}
  if (says === 'start') return {...known, startedAt: now}
  const ok = says === 'success'
  const tookMs = known.startedAt === undefined ? undefined : Math.max(0, now - known.startedAt)
  return {
    ...known,
    startedAt: undefined,
    last: {at: now, ok, ...more, tookMs},
    succeededAt: ok ? now : known.succeededAt,
  }
}
