import {existsSync, renameSync} from 'node:fs'
import path from 'node:path'
import type {DatabaseSync} from 'node:sqlite'
import {messageOf, OpsError} from '../errors.ts'
import {migrations} from './migrations.ts'
import {makeDirectory} from '../files/make-directory.ts'
import {prepareDatabase} from '../files/modes.ts'
import {errorCode, inTransaction, openSqlite} from './sqlite.ts'
import {ANOTHER_DIRECTORY, stateError} from './state-error.ts'

/** The part of the state that can be rebuilt or queried: samples, alerts, lease. Runs and audit are files of their own. */
export interface Store {
  readonly database: DatabaseSync
  /** Set when a damaged file was put aside and a new one begun: its new path, for a notice. */
  readonly setAside: string | undefined
  /** Set when the file can neither be made nor written, as on a full disk: why. What is looked at now is kept in memory. */
  readonly unkept: string | undefined
  close(): void
}

/** Opens or creates `store.db` in the state directory and brings it to the newest version. */
export function openStore(stateDir: string): Store {
  try {
    makeDirectory(stateDir)
  } catch (cause) {
    throw stateError('create the state directory', stateDir, cause, ANOTHER_DIRECTORY)
  }
  const file = path.join(stateDir, 'store.db')
  try {
    prepareDatabase(file)
    const database = openDatabase(file)
    return {database, setAside: undefined, unkept: undefined, close: () => database.close()}
  } catch (cause) {
    if (isUnwritable(cause) || cause instanceof OpsError) {
      // Looking must go on in the fire; whatever changes anything is stopped by the audit trail, which fails closed.
      const database = openDatabase(':memory:')
      return {database, setAside: undefined, unkept: `${file}: ${messageOf(cause)}`, close: () => database.close()}
    }
    if (!isDamage(cause)) {
      throw new OpsError('state/unwritable', `cannot open ${file}: ${messageOf(cause)}`, {
        cause,
        hint: 'Set OPSCONSOLE_STATE_DIR to a directory you can write.',
      })
    }
    const setAside = putAside(file)
    const database = openDatabase(file)
    return {database, setAside, unkept: undefined, close: () => database.close()}
  }
}

/** SQLITE_CORRUPT and SQLITE_NOTADB. Everything in this file can be looked at again, so a new one is begun. */
const isDamage = (error: unknown): boolean => [11, 26].includes(errorCode(error))

/** SQLITE_READONLY, SQLITE_IOERR, SQLITE_FULL, SQLITE_CANTOPEN: the directory is there and takes nothing. */
const isUnwritable = (error: unknown): boolean => [8, 10, 13, 14].includes(errorCode(error) & 0xff)

/** Nothing is deleted: the damaged file stays beside the new one. */
function putAside(file: string): string {
  const aside = `${file}.damaged-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`
  renameSync(file, aside)
  for (const suffix of ['-wal', '-shm']) if (existsSync(file + suffix)) renameSync(file + suffix, aside + suffix)
  return aside
}

/**
 * Pages of the write-ahead log before they are written to the file, 16 MB. With thousands of targets the same pages come again
 * and again, and each time costs two syncs, during which nothing is probed: four times as many are a quarter of that.
 */
const CHECKPOINT_PAGES = 4000

const openDatabase = (file: string): DatabaseSync =>
  openSqlite(file, {
    timeoutMs: 5000,
    prepare(database) {
      database.exec(
        `PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`,
      )
      migrate(database)
    },
  })

/**
 * Numbered, forward only, in one transaction with its number. The number is read inside it: several consoles may open
 * a new state directory at the same moment.
 */
function migrate(database: DatabaseSync): void {
  const versionNow = (): number => {
    const row = database.prepare('PRAGMA user_version').get() as {user_version: number}
    return row.user_version
  }
  const newest = migrations.at(-1)?.version ?? 0
  if (versionNow() >= newest) return
  inTransaction(database, () => {
    const have = versionNow()
    for (const {version, sql} of migrations) if (version > have) database.exec(sql)
    database.exec(`PRAGMA user_version = ${Math.max(have, newest)}`)
  })
}
