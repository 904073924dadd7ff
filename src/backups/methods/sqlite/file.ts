import {closeSync, openSync, readSync} from 'node:fs'
import {pathToFileURL} from 'node:url'
import type {DatabaseSync} from 'node:sqlite'
import {OpsError} from '../../../errors.ts'

const MAGIC = 'SQLite format 3\0'

/** What SQLite keeps beside a file: its log, the index of that, and a journal of what was not committed. */
export const SIDE_FILES = ['-wal', '-shm', '-journal'] as const

/**
 * Why a file is no SQLite file, in words; undefined when it is one. Never while a connection of this process is open on
 * it: closing any descriptor of a file takes the locks of the whole process away.
 */
export function sqliteFault(file: string): string | undefined {
  let descriptor: number
  try {
    descriptor = openSync(file, 'r')
  } catch (error) {
    const {code} = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return `there is no file ${file}`
    return code === 'EACCES' ? `${file} may not be read by this user` : `${file} cannot be read: ${code}`
  }
  try {
    const head = Buffer.alloc(MAGIC.length)
    const bytes = readSync(descriptor, head, 0, head.length, 0)
    if (bytes === 0) return `${file} is empty: nothing was ever stored in it`
    return head.toString('latin1') === MAGIC ? undefined : `${file} is no SQLite file`
  } catch (error) {
    return `${file} cannot be read: ${(error as NodeJS.ErrnoException).code}`
  } finally {
    closeSync(descriptor)
  }
}

/** Raises `database/unreachable`. */
export function requireSqlite(file: string): void {
  const fault = sqliteFault(file)
  if (fault !== undefined)
    throw new OpsError('database/unreachable', fault, {hint: 'Correct backups/sqlite/file, or look at the file.'})
}

/** A copy that nobody writes to: no lock is taken, and nothing is made beside it. */
export async function openQuiet(file: string): Promise<DatabaseSync> {
  const {DatabaseSync: Database} = await import('node:sqlite')
  const url = pathToFileURL(file)
  url.searchParams.set('immutable', '1')
  return new Database(url, {readOnly: true})
}

/** The name of a table or a column as SQL. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`
