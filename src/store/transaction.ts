import type {DatabaseSync} from 'node:sqlite'
import {messageOf, OpsError} from '../errors.ts'

/** Runs `work` in one immediate transaction. Raises `state/full` or `state/damaged` when the store cannot be written. */
export function transaction<T>(database: DatabaseSync, work: () => T): T {
  try {
    database.exec('BEGIN IMMEDIATE')
    const result = work()
    database.exec('COMMIT')
    return result
  } catch (cause) {
    if (database.isTransaction) database.exec('ROLLBACK')
    if (cause instanceof OpsError) throw cause
    const {errcode} = cause as {readonly errcode?: number}
    // SQLITE_FULL
    if (errcode === 13) throw new OpsError('state/full', `the store cannot grow: ${messageOf(cause)}`, {cause})
    throw new OpsError('state/damaged', `the store cannot be written: ${messageOf(cause)}`, {cause})
  }
}
