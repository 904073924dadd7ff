import {OpsError} from '../../errors.ts'
import {formatBytes} from '../../units/bytes.ts'
import type {JudgedBackup, RepositoryView} from '../methods/repository.ts'
import {describeHoles, missingBetween, newestTimeline} from '../wal/continuity.ts'
import {parseLsn, segmentName, segmentOf} from '../wal/segment.ts'
import {postgresMoment, type RecoveryTarget} from './target.ts'

/** How a cluster would be brought back, and what is known of it before a byte is copied. */
export interface RecoveryPlan {
  readonly backup: string
  readonly target: {readonly kind: RecoveryTarget['kind']; readonly text: string}
  /** Of `before`: the files that the transaction removed from the configured database, by their numbers. */
  readonly removed?: readonly number[]
  /** The backup that is restored, and those that it builds on. */
  readonly set: string
  readonly chain: readonly string[]
  readonly timeline: number
  readonly serverVersion: string
  readonly systemIdentifier: string
  /** What is replayed at most. */
  readonly wal: {readonly from: string; readonly to: string; readonly segments: number}
  /** What can be restored to, ISO 8601. */
  readonly window: {readonly from: string; readonly to: string}
  /** The configured one. */
  readonly database: string
  readonly databases: readonly string[]
  /** All of them go below the isolated directory; `was` is where the live one is, which nothing touches. */
  readonly tablespaces: readonly {readonly name: string; readonly was: string}[]
  readonly databaseBytes: number
  readonly freeBytes: number
  /** Directory in which the isolated server is made. */
  readonly place: string
  /** From the last restore that was measured; undefined before the first. */
  readonly estimateMs: number | undefined
  /** Written since that moment, so it is not in the copy; undefined where nobody knows the moment. */
  readonly lostMs: number | undefined
  readonly notes: readonly string[]
}

/** A backup is consistent some time within the second that its catalogue names. */
const STOP_MS = 1000

/**
 * The newest usable backup from which the target can be reached; the newest of all would do for a time only. Raises
 * `backup/window` with what can be restored to. `at`: the segment in which a named point or a transaction was found.
 */
export function chooseBackup(view: RepositoryView, target: RecoveryTarget, at?: number): JudgedBackup {
  const usable = view.backups.filter(({fault}) => fault === undefined)
  const chosen = usable.find(backup => {
    if (target.kind === 'latest') return true
    if (target.kind === 'time') return (backup.stoppedAt + STOP_MS) * 1000 <= target.micros
    if (target.kind === 'lsn') return (parseLsn(backup.stopLsn) ?? 0n) <= target.lsn
    return at !== undefined && backup.lastSegment < at
  })
  if (chosen !== undefined) return chosen
  const oldest = usable.at(-1)
  if (oldest === undefined)
    throw outside('nothing can be restored: no backup is usable', view.backups[0]?.fault ?? 'there is none')
  throw outside(
    `${describeTarget(target)} is before the first moment that can be restored to, ${iso(oldest.stoppedAt + STOP_MS)}`,
    windowWords(view, undefined),
  )
}

/** Refuses what the log cannot reach from that backup. `lastMicros`: when the last transaction in its reach ended. */
export function requireReach(
  view: RepositoryView,
  {backup, target}: {readonly backup: JudgedBackup; readonly target: RecoveryTarget},
  lastMicros: number | undefined,
): void {
  const {reach} = backup
  const {segmentBytes} = view.wal
  const window = windowWords(view, lastMicros)
  if (reach === undefined) throw outside(`the log of backup ${backup.label} is incomplete`, window)
  if (target.kind === 'lsn' && segmentOf(target.lsn, segmentBytes) > reach.number)
    throw outside(`position ${target.text} is ${beyond(view, backup)}`, window)
  if (target.kind !== 'time') return
  if (lastMicros !== undefined && target.micros < lastMicros) return
  throw outside(
    lastMicros === undefined
      ? `no transaction ended in the log since backup ${backup.label}`
      : `${describeTarget(target)} is ${beyond(view, backup)}: the last transaction in it ended at ${postgresMoment(lastMicros)}`,
    window,
  )
}

/** What lies behind the last segment: a hole, or nothing yet. */
function beyond(view: RepositoryView, backup: JudgedBackup): string {
  const {reach} = backup
  if (reach === undefined) return 'not in the archive'
  const timeline = newestTimeline(view.wal, backup)
  const end = Math.max(...[...view.wal.byTimeline.values()].flatMap(line => [...line.keys()]))
  const holes = missingBetween(view.wal, timeline, reach.number + 1, end)
  return holes.length > 0 ? `behind a hole in the archive (${describeHoles(holes)})` : 'after the end of the archive'
}

const windowWords = ({window}: RepositoryView, lastMicros: number | undefined): string =>
  window === undefined
    ? 'No moment can be restored to.'
    : `Restorable: ${iso(window.from + STOP_MS)} to ${lastMicros === undefined ? iso(window.to) : postgresMoment(lastMicros)}. \`select pg_switch_wal()\` on the server sends what it has written to the archive.`

/** Segments from the first that the backup needs to the last that may be replayed. */
export function neededWal(
  view: RepositoryView,
  backup: JudgedBackup,
  target: RecoveryTarget,
  at?: number,
): RecoveryPlan['wal'] {
  const {segmentBytes} = view.wal
  const last = lastNeeded(view, backup, target, at)
  const timeline = newestTimeline(view.wal, backup)
  return {
    from: backup.wal.from,
    to: segmentName({timeline: backup.reach?.timeline ?? timeline, number: last}, segmentBytes),
    segments: last - backup.firstSegment + 1,
  }
}

function lastNeeded(view: RepositoryView, backup: JudgedBackup, target: RecoveryTarget, at?: number): number {
  const end = backup.reach?.number ?? backup.lastSegment
  if (target.kind === 'lsn') return Math.min(end, segmentOf(target.lsn, view.wal.segmentBytes))
  if (target.kind === 'time') {
    const line = view.wal.byTimeline.get(backup.reach?.timeline ?? backup.timeline)
    for (let number = backup.lastSegment; number < end; number += 1)
      if ((line?.get(number)?.archivedAt ?? 0) * 1000 > target.micros) return number
  }
  return at ?? end
}

export function requireRoom({
  databaseBytes,
  freeBytes,
  place,
}: Pick<RecoveryPlan, 'databaseBytes' | 'freeBytes' | 'place'>): void {
  const wanted = Math.ceil(databaseBytes * 1.1)
  if (freeBytes >= wanted) return
  throw new OpsError(
    'backup/unfit',
    `${place} has ${formatBytes(freeBytes)} free, and the copy needs ${formatBytes(wanted)}`,
    {hint: 'Name another directory in pgbackrest.scratch of the backup.'},
  )
}

export const describeTarget = ({kind, text}: Pick<RecoveryTarget, 'kind' | 'text'>): string =>
  ({
    time: `the moment ${text}`,
    lsn: `position ${text}`,
    xid: `transaction ${text}`,
    before: text === 'drop' ? 'a DROP of a table' : `the moment before transaction ${text}`,
    name: `the named point ${text}`,
    latest: 'the end of the log',
  })[kind]

export const iso = (at: number): string => new Date(at).toISOString()

export const outside = (what: string, hint: string): OpsError => new OpsError('backup/window', what, {hint})
