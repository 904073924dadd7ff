import type {RoomLeft} from './room-left.ts'
import type {BackupEntry, BackupRow, CopyState, Recovery, RulePart} from './rows.ts'

/** What one probe of a catalogue leaves for the rows. */
export interface BackupDetail {
  readonly entries: readonly BackupEntry[]
  readonly totalBytes: number
  readonly lastDrill: BackupRow['lastDrill']
  readonly recovery?: Recovery
  readonly copies?: readonly CopyState[]
  readonly rule?: readonly RulePart[]
  readonly freeBytes?: number
  readonly room?: RoomLeft
}
