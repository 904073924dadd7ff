import {formatDuration} from '../units/duration.ts'
import type {BackupEntry} from './rows.ts'

/** Two clocks may differ by this much before their difference says anything: nobody loses a minute of backups by it. */
export const CLOCK_TOLERANCE_MS = 60_000

type Dated = Pick<BackupEntry, 'takenAt' | 'clockSkewMs'>

/** How far this host's clock was ahead of the database server's (negative: behind); undefined when they agreed. */
export function clockSkew(takenAt: number, serverTime: string): number | undefined {
  const skew = takenAt - Date.parse(serverTime)
  return Number.isFinite(skew) && Math.abs(skew) > CLOCK_TOLERANCE_MS ? skew : undefined
}

/** `this host's clock was 3d ahead of the database server's`. */
export const skewWords = (skewMs: number): string =>
  `this host's clock was ${formatDuration(Math.abs(skewMs))} ${skewMs > 0 ? 'ahead of' : 'behind'} the database server's`

/**
 * Dated in the future: nobody knows how old it is, so it is never the newest and counts for no objective. It may be whole
 * all the same, and can be restored by its id.
 */
export const isAhead = ({takenAt}: Dated, now: number): boolean => takenAt > now + CLOCK_TOLERANCE_MS

/** The earliest moment that the copy may show, by either clock: what it is safe to say of its age. */
export const earliestMoment = ({takenAt, clockSkewMs = 0}: Dated): number => Math.min(takenAt, takenAt - clockSkewMs)

/** The latest one: what is older than this is older for certain. */
export const latestMoment = ({takenAt, clockSkewMs = 0}: Dated): number => Math.max(takenAt, takenAt - clockSkewMs)

/** What is wrong with the date of a backup; undefined when nothing is. */
export function clockFault(entry: Dated, now: number): string | undefined {
  if (isAhead(entry, now)) return `taken in ${formatDuration(entry.takenAt - now)}: a clock was wrong`
  return entry.clockSkewMs === undefined
    ? undefined
    : `a clock was wrong when it was taken: ${skewWords(entry.clockSkewMs)}`
}

/** The reason of a backup's state, with what is wrong with its date before it. */
export function reasonWithClock(entry: BackupEntry, now: number): string {
  const fault = clockFault(entry, now)
  return fault === undefined ? entry.reason : `${fault}; ${entry.reason}`
}

/** Newest first, by what is certain; those from the future last. */
export const byCertainAge = <Entry extends Dated>(entries: readonly Entry[], now: number): readonly Entry[] =>
  [...entries].sort(
    (left, right) =>
      Number(isAhead(left, now)) - Number(isAhead(right, now)) || earliestMoment(right) - earliestMoment(left),
  )
