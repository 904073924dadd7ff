import type {DatabaseSync} from 'node:sqlite'
import {messageOf, OpsError} from '../errors.ts'
import {errorCode, inTransaction} from './sqlite.ts'

const FULL = 13

/** Raises when another process has taken over since: asked in a transaction, nothing of it is written then. */
export function onlyIf(mayWrite: (() => boolean) | undefined): void {
  if (mayWrite?.() === false)
    throw new OpsError('state/unwritable', 'another process watches by now: nothing was written')
}

/** Runs `work` in one immediate transaction. Raises `state/full` or `state/damaged` when the store cannot be written. */
export function transaction<T>(database: DatabaseSync, work: () => T): T {
  try {
    return inTransaction(database, work)
  } catch (cause) {
    if (cause instanceof OpsError) throw cause
    if (errorCode(cause) === FULL)
      throw new OpsError('state/full', `the store cannot grow: ${messageOf(cause)}`, {cause})
    throw new OpsError('state/damaged', `the store cannot be written: ${messageOf(cause)}`, {cause})
  }
}
