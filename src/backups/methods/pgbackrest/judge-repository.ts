import {
  describeHoles,
  findHoles,
  indexWal,
  missingBetween,
  newestTimeline,
  reachFrom,
  type TimelineSwitch,
  type WalIndex,
} from '../../wal/continuity.ts'
import {parseSegment, segmentName} from '../../wal/segment.ts'
import type {JudgedBackup, RecoveryWindow, RepositoryBackup, RepositoryView} from '../repository.ts'
import type {ArchiveListing} from './read-archive.ts'
import type {RepositoryInfo} from './read-info.ts'

/** Our own check of a catalogue against its archive: pgBackRest calls a hole in the log "status: ok". Pure. */
export function judgeRepository(
  stanza: string,
  info: RepositoryInfo,
  listing: Pick<ArchiveListing, 'segments'> & {readonly directories: Directories},
  switches: readonly TimelineSwitch[],
): RepositoryView {
  const wal = indexWal(listing.segments, info.segmentBytes, switches)
  const byLabel = new Map(info.backups.map(backup => [backup.label, backup]))
  const backups = info.backups.map(backup => judgeBackup(backup, {byLabel, wal, directories: listing.directories}))
  const usable = backups.filter(({fault}) => fault === undefined)
  const oldest = usable.at(-1)
  return {
    stanza,
    serverVersion: info.serverVersion,
    systemIdentifier: info.systemIdentifier,
    cipher: info.cipher,
    repositories: info.repositories,
    busy: info.busy,
    readable: info.readable,
    repositoryFaults: info.repositoryFaults,
    backups,
    wal,
    segments: [...wal.byTimeline.values()].reduce((sum, line) => sum + line.size, 0),
    holes:
      oldest === undefined ? findHoles(wal) : findHoles(wal).filter(hole => isAfter(hole.to, oldest, wal.segmentBytes)),
    window: windowOf(usable, wal.segmentBytes),
  }
}

/** Backups whose directory is there, by the number of their repository. */
export type Directories = ReadonlyMap<number, ReadonlySet<string>>

interface Around {
  readonly byLabel: ReadonlyMap<string, RepositoryBackup>
  readonly wal: WalIndex
  readonly directories: Directories
}

function judgeBackup(backup: RepositoryBackup, around: Around): JudgedBackup {
  const {wal} = around
  const fault = faultOf(backup, around)
  return {
    ...backup,
    fault,
    reach: fault === undefined ? reachFrom(wal, newestTimeline(wal, backup), backup.lastSegment) : undefined,
  }
}

/** A backup that builds on a bad one is bad. */
function faultOf(backup: RepositoryBackup, {byLabel, wal, directories}: Around): string | undefined {
  const missing = missingBetween(wal, backup.timeline, backup.firstSegment, backup.lastSegment)
  const there = directories.get(backup.repository)
  if (there?.has(backup.label) !== true) return 'missing: the catalogue has it, the repository does not'
  if (missing.length > 0) return `missing: ${describeHoles(missing)}, and makes it consistent`
  if (backup.pageErrors) return 'altered: pages of the database had wrong checksums when they were copied'
  for (const label of backup.needs) {
    const needed = byLabel.get(label)
    if (needed === undefined || !there.has(label)) return `missing: backup ${label}, which it builds on`
    if (needed.pageErrors) return `altered: backup ${label}, which it builds on, has pages with wrong checksums`
  }
  return undefined
}

/** The newest stretch without a hole: from the oldest usable backup that reaches as far as the newest one. */
function windowOf(usable: readonly JudgedBackup[], segmentBytes: number): RecoveryWindow | undefined {
  const reach = usable[0]?.reach
  if (reach === undefined) return undefined
  const first = usable.findLast(({reach: other}) => other?.number === reach.number && other.timeline === reach.timeline)
  return {
    from: (first ?? usable[0])?.stoppedAt ?? 0,
    to: reach.archivedAt,
    lastSegment: segmentName(reach, segmentBytes),
  }
}

const isAfter = (segment: string, {firstSegment}: RepositoryBackup, segmentBytes: number): boolean =>
  (parseSegment(segment, segmentBytes)?.number ?? 0) >= firstSegment
