import {DatabaseSync, type StatementSync} from 'node:sqlite'
import {messageOf, OpsError} from '../errors.ts'
import {prepareDatabase} from '../files/modes.ts'

/** Mutual exclusion between processes that the kernel ends with its holder: a SQLite write lock on a file of its own. */
export interface Mutex {
  /** Runs `work` alone. Waits at most half a minute. */
  hold<T>(work: () => T): T
  close(): void
}

const SQLITE_BUSY = 5
const WAITED_MS = 30_000

/**
 * SQLite's own waiting grows to a tenth of a second between two looks: among writers that hardly pause, one that waits
 * so long never gets a turn. Short, uneven pauses give everyone the same chance.
 */
function begin(statement: StatementSync): void {
  for (const deadline = performance.now() + WAITED_MS; ; ) {
    try {
      return void statement.run()
    } catch (cause) {
      if ((cause as {readonly errcode?: number}).errcode !== SQLITE_BUSY || performance.now() > deadline) throw cause
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 0.2 + Math.random() * 2)
    }
  }
}

/** What went wrong while it was held comes before that it cannot be given back: both are the disk's. */
function giveBack(file: string, rollback: StatementSync, failed: boolean): void {
  try {
    rollback.run()
  } catch (cause) {
    if (!failed) throw new OpsError('state/unwritable', `cannot unlock ${file}: ${messageOf(cause)}`, {cause})
  }
}

export function openMutex(file: string): Mutex {
  let database: DatabaseSync
  let statements: {readonly begin: StatementSync; readonly rollback: StatementSync}
  try {
    prepareDatabase(file)
    database = new DatabaseSync(file, {timeout: 0})
    // Nothing is ever stored in it: without this each turn would create and remove a file.
    database.exec('PRAGMA journal_mode = MEMORY')
    statements = {begin: database.prepare('BEGIN IMMEDIATE'), rollback: database.prepare('ROLLBACK')}
  } catch (cause) {
    throw new OpsError('state/unwritable', `cannot open ${file}: ${messageOf(cause)}`, {cause})
  }
  return {
    hold: work => {
      let failed = false
      try {
        begin(statements.begin)
      } catch (cause) {
        throw new OpsError('state/unwritable', `cannot lock ${file}: ${messageOf(cause)}`, {cause})
      }
      try {
        return work()
      } catch (cause) {
        failed = true
        throw cause
      } finally {
        giveBack(file, statements.rollback, failed)
      }
    },
    close: () => database.close(),
  }
}
