import type {BackupEntry, BackupRow, CopyState, Recovery} from './rows.ts'

/** What one probe of a catalogue leaves for the rows. */
export interface BackupDetail {
  readonly entries: readonly BackupEntry[]
  readonly totalBytes: number
  readonly lastDrill: BackupRow['lastDrill']
  readonly recovery?: Recovery
  readonly copies?: readonly CopyState[]
  readonly freeBytes?: number
}
