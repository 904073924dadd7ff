import {DatabaseSync} from 'node:sqlite'

export interface SqliteOptions {
  /** How long a statement waits for other processes. */
  readonly timeoutMs: number
  /** Pragmas and tables, once the file is open. */
  readonly prepare: (database: DatabaseSync) => void
}

const BUSY = 5
const TRIES = 100

/** Opens or creates a file that several processes share, with its write-ahead log; closed again when that fails. */
export function openSqlite(file: string, {timeoutMs, prepare}: SqliteOptions): DatabaseSync {
  const database = new DatabaseSync(file, {timeout: timeoutMs})
  try {
    useWriteAheadLog(database)
    prepare(database)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** The switch does not wait for others like statements do; when several open a new file at once, one makes it. */
function useWriteAheadLog(database: DatabaseSync): void {
  for (let tries = 1; ; tries += 1) {
    try {
      database.exec('PRAGMA journal_mode = WAL')
      return
    } catch (cause) {
      if (errorCode(cause) !== BUSY || tries >= TRIES) throw cause
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20)
    }
  }
}

/** Runs `work` in one immediate transaction: all of it is written, or nothing, and the cause is raised as it is. */
export function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  try {
    database.exec('BEGIN IMMEDIATE')
    const result = work()
    database.exec('COMMIT')
    return result
  } catch (cause) {
    if (database.isTransaction) database.exec('ROLLBACK')
    throw cause
  }
}

/** SQLite's own number of an error, 0 for any other one; the low byte is its sort. */
export const errorCode = (error: unknown): number => (error as {readonly errcode?: number} | null)?.errcode ?? 0
