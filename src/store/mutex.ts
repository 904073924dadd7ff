import {DatabaseSync} from 'node:sqlite'
import {messageOf, OpsError} from '../errors.ts'

/** Mutual exclusion between processes that the kernel ends with its holder: a SQLite write lock on a file of its own. */
export interface Mutex {
  /** Runs `work` alone. Waits at most ten seconds. */
  hold<T>(work: () => T): T
  close(): void
}

export function openMutex(file: string): Mutex {
  let database: DatabaseSync
  try {
    database = new DatabaseSync(file, {timeout: 10_000})
  } catch (cause) {
    throw new OpsError('state/unwritable', `cannot open ${file}: ${messageOf(cause)}`, {cause})
  }
  return {
    hold: work => {
      try {
        database.exec('BEGIN IMMEDIATE')
      } catch (cause) {
        throw new OpsError('state/unwritable', `cannot lock ${file}: ${messageOf(cause)}`, {cause})
      }
      try {
        return work()
      } finally {
        database.exec('ROLLBACK')
      }
    },
    close: () => database.close(),
  }
}
