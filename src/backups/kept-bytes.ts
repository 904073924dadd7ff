import type {BackupEntry} from './rows.ts'

/** What a backup takes up where it is kept: in the storage, and what came with it into a repository outside. */
export const keptBytes = ({storedBytes, outsideBytes}: Pick<BackupEntry, 'storedBytes' | 'outsideBytes'>): number =>
  storedBytes + (outsideBytes?.added ?? 0)
