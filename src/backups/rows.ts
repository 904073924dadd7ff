import type {WatchedRow} from '../monitors/rows.ts'

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
  readonly restoreTestedAt: number | undefined
  readonly held: boolean
  /** Taken by a restore of what it was about to replace: kept, but never what `newest` means. */
  readonly safety?: boolean
  /** Roles and other globals: with password hashes, without, said to be missing, or taken before they were kept. */
  readonly globals?: 'whole' | 'no passwords' | 'missing' | 'none'
  readonly run: string | undefined
}

export interface BackupRow extends WatchedRow {
  readonly database: string
  readonly location: string
  readonly rpoMs: number
  /** Age of the newest good backup. */
  readonly ageMs: number | undefined
  readonly newest: BackupEntry | undefined
  readonly entries: readonly BackupEntry[]
  readonly totalBytes: number
  readonly lastDrill:
    | {readonly at: number; readonly rtoMs: number; readonly rpoMs: number; readonly ok: boolean}
    | undefined
}
