import type {BackupEntry} from './rows.ts'

/** Half the usual size, or twice it, wants a person's look. A sudden drop is worse than a rise. */
export const sizeAnomaly = (change: number | undefined): boolean =>
  change !== undefined && (change <= -0.5 || change >= 1)

/** What a backup takes up where it is kept: in the storage, and what came with it into a repository outside. */
export const keptBytes = ({storedBytes, outsideBytes}: Pick<BackupEntry, 'storedBytes' | 'outsideBytes'>): number =>
  storedBytes + (outsideBytes?.added ?? 0)
