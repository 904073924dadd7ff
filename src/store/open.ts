import {mkdirSync} from 'node:fs'
import path from 'node:path'
import {DatabaseSync} from 'node:sqlite'
import {messageOf, OpsError} from '../errors.ts'
import {migrations} from './migrations.ts'

/** The part of the state that can be rebuilt or queried: samples, alerts, lease. Runs and audit are files of their own. */
export interface Store {
  readonly database: DatabaseSync
  /** Set when a damaged file was put aside and a new one begun: its new path, for a notice. */
  readonly setAside: string | undefined
  close(): void
}

/** Opens or creates `store.db` in the state directory and brings it to the newest version. */
export function openStore(stateDir: string): Store {
  try {
    mkdirSync(stateDir, {recursive: true, mode: 0o700})
  } catch (cause) {
    throw new OpsError('state/unwritable', `cannot create the state directory ${stateDir}: ${messageOf(cause)}`, {
      cause,
      hint: 'Set OPSCONSOLE_STATE_DIR to a directory you can write.',
    })
  }
  const file = path.join(stateDir, 'store.db')
  const database = openDatabase(file)
  return {database, setAside: undefined, close: () => database.close()}
}

function openDatabase(file: string): DatabaseSync {
  try {
    const database = new DatabaseSync(file, {timeout: 5000})
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON')
    migrate(database)
    return database
  } catch (cause) {
    throw new OpsError('state/damaged', `cannot open ${file}: ${messageOf(cause)}`, {cause})
  }
}

/** Numbered, forward only, each in its own transaction together with its number. */
function migrate(database: DatabaseSync): void {
  const {user_version: have} = database.prepare('PRAGMA user_version').get() as {user_version: number}
  for (const {version, sql} of migrations) {
    if (version <= have) continue
    database.exec(`BEGIN IMMEDIATE; ${sql}; PRAGMA user_version = ${version}; COMMIT`)
  }
}
