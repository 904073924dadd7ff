import type {BackupEntry} from '../src/backups/rows.ts'

/** A good backup of the catalogue, whatever a test says otherwise of it. */
export const backupEntry = (over: Partial<BackupEntry> = {}): BackupEntry => ({
  id: 'b',
  takenAt: 0,
  finishedAt: 0,
  durationMs: 1,
  databaseBytes: 100,
  storedBytes: 10,
  sizeChange: undefined,
  state: 'good',
  reason: '',
  encrypted: true,
  verifiedAt: undefined,
  restoreTestedAt: undefined,
  held: false,
  run: undefined,
  ...over,
})
