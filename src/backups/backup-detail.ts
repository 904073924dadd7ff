import type {RoomLeft} from './room-left.ts'
import type {BackupEntry, BackupRow, CopyState, Recovery, RulePart} from './rows.ts'

/** Of the many, rows show the newest. */
const SHOWN = 60

/** What one probe of a catalogue leaves for the rows. */
export interface BackupDetail {
  /** The newest of them. */
  readonly entries: readonly BackupEntry[]
  /** Of all of them. */
  readonly total: number
  readonly totalBytes: number
  /** When one of them was last restored, and what came back was good. */
  readonly restoreTestedAt: number | undefined
  readonly lastDrill: BackupRow['lastDrill']
  readonly recovery?: Recovery
  readonly copies?: readonly CopyState[]
  readonly rule?: readonly RulePart[]
  readonly freeBytes?: number
  readonly room?: RoomLeft
}

/** What rows say of a whole catalogue, and its newest entries. Newest first. Pure. */
export function catalogueDetail(
  entries: readonly BackupEntry[],
): Pick<BackupDetail, 'entries' | 'total' | 'totalBytes' | 'restoreTestedAt'> {
  const tested = entries.flatMap(({restoreTestedAt}) => restoreTestedAt ?? [])
  return {
    entries: entries.slice(0, SHOWN),
    total: entries.length,
    totalBytes: entries.reduce((sum, {storedBytes}) => sum + storedBytes, 0),
    restoreTestedAt: tested.length === 0 ? undefined : Math.max(...tested),
  }
}
