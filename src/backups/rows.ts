import type {WatchedRow} from '../monitors/rows.ts'
import type {Receiver} from './receivers.ts'
import type {WalHole} from './wal/continuity.ts'

/** One backup in the catalogue. */
export interface BackupEntry {
  readonly id: string
  /** End of the snapshot's transaction: the moment the copy shows. */
  readonly takenAt: number
  /** How far the clock behind `takenAt` was ahead of the database server's, where they did not agree; see moment.ts. */
  readonly clockSkewMs?: number
  readonly finishedAt: number
  readonly durationMs: number
  readonly databaseBytes: number
  readonly storedBytes: number
  /** Against the median of the earlier ones; undefined when there are too few. */
  readonly sizeChange: number | undefined
  readonly state: 'good' | 'damaged' | 'incomplete' | 'unchecked'
  readonly reason: string
  readonly encrypted: boolean
  readonly verifiedAt: number | undefined
  /** When it was opened with the key of this host and read to its end. */
  readonly openedAt?: number
  readonly restoreTestedAt: number | undefined
  /** The last restore of it failed, or what came back was not equal. */
  readonly restoreFailed?: boolean
  readonly held: boolean
  /** Taken by a restore of what it was about to replace: kept, but never what `newest` means. */
  readonly safety?: boolean
  /** Roles and other globals: with password hashes, without, said to be missing, or taken before they were kept. */
  readonly globals?: 'whole' | 'no passwords' | 'missing' | 'none'
  readonly run: string | undefined
  /** What its data are called outside of the storage: a snapshot of restic. */
  readonly outside?: string
  /** There: how much came with it, and how much there was afterwards. */
  readonly outsideBytes?: {readonly added: number; readonly all: number | undefined}
  /** What is unlike the backups before it, in words; left out when nothing is. */
  readonly unusual?: readonly string[]
  /** Of a physical one: how much it copies, and the backups that it builds on. */
  readonly kind?: 'full' | 'diff' | 'incr'
  /** Number of the repository that it is in, where there are several. */
  readonly repository?: number
  readonly needs?: readonly string[]
}

/** To which moments a cluster can be restored, and what stands in the way. */
export interface Recovery {
  readonly stanza: string
  readonly serverVersion: string
  readonly cipher: string
  /** How many repositories it is in. */
  readonly repositories: number
  /** Of several, what keeps one from being a copy: it cannot be read, or holds no backup. */
  readonly repositoryFaults?: readonly string[]
  /** A backup is being taken. */
  readonly busy: boolean
  readonly segments: number
  readonly holes: readonly WalHole[]
  readonly window: {readonly from: number; readonly to: number; readonly lastSegment: string} | undefined
  /** Written by the server and not yet in the archive; undefined when the server did not answer. */
  readonly unarchivedBytes: number | undefined
  readonly archiver:
    | {
        readonly failingSince: number | undefined
        readonly failures: number
        readonly mode: string
        readonly otherCluster: boolean
      }
    | undefined
  /** What would be lost if the server were lost now: by the archive alone, and by whichever has the most of the log. */
  readonly archiveRpoMs: number | undefined
  readonly rpoMs: number | undefined
  /** Receivers of the log beside the archive, as the configuration names them; none when the server did not answer. */
  readonly receivers: readonly Receiver[]
}

/** One digit of 3-2-1-1-0, whether it is true, and what makes it so or not. */
export interface RulePart {
  readonly digit: '3' | '2' | '1' | '0'
  readonly meaning: string
  readonly holds: boolean
  /** It may hold: what it depends on is kept by another program, and not read here. */
  readonly unknown?: true
  readonly why: string
}

/** One other place of the same backups, as it was last read. */
export interface CopyState {
  readonly name: string
  /** Of its storage: `s3`. */
  readonly type: string
  readonly location: string
  readonly offSite: boolean
  readonly immutable: boolean
  /** Ids of the good and of the damaged ones there. */
  readonly good: readonly string[]
  readonly damaged: readonly string[]
  readonly newestAt: number | undefined
  /** Why it could not be read. */
  readonly fault?: string
}

export interface BackupRow extends WatchedRow {
  readonly database: string
  readonly location: string
  readonly rpoMs: number
  /** Age of the newest good backup. */
  readonly ageMs: number | undefined
  readonly newest: BackupEntry | undefined
  /** The newest of them, at most 60. */
  readonly entries: readonly BackupEntry[]
  /** How many there are in all, and what they take. */
  readonly total: number
  readonly totalBytes: number
  /** When one of them was last restored, and what came back was good. */
  readonly restoreTestedAt: number | undefined
  /** Other places, and 3-2-1-1-0: what of it is true. Of a physical backup, pgBackRest has its own. */
  readonly copies?: readonly CopyState[]
  readonly rule?: readonly RulePart[]
  /** Left where the backups are, where that can be told. */
  readonly freeBytes?: number
  /** How long that lasts at the pace of the backups. */
  readonly room?: {readonly fullInMs: number; readonly bytesPerDay: number}
  /** Of a physical backup. */
  readonly recovery?: Recovery
  readonly lastDrill:
    | {
        readonly at: number
        readonly rtoMs: number
        readonly rpoMs: number
        readonly ok: boolean
        /** As whom and where it was restored, and what would be different on the real server. */
        readonly world?: string
      }
    | undefined
}
