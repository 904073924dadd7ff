import type {BackupEntry} from './rows.ts'
import type {Verification} from './verification.ts'

export const DRY_ID = 'dry-run'

/** What a dry run gets for a backup that was not taken. */
export const dryEntry = (now: number): BackupEntry => ({
  id: DRY_ID,
  takenAt: now,
  finishedAt: now,
  durationMs: 0,
  databaseBytes: 0,
  storedBytes: 0,
  sizeChange: undefined,
  state: 'unchecked',
  reason: 'dry run: nothing was taken',
  encrypted: true,
  verifiedAt: undefined,
  restoreTestedAt: undefined,
  held: false,
  run: undefined,
})

/** And for reading it. */
export const dryVerification: Verification = {
  ok: true,
  level: 'checksum',
  fault: undefined,
  reason: 'dry run: there is nothing to read',
  durationMs: 0,
  modifiedMs: 0,
}
