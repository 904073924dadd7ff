import {mkdtempSync, rmSync} from 'node:fs'
import path from 'node:path'
import {messageOf, OpsError} from '../errors.ts'
import {makeDirectory} from '../files/make-directory.ts'

/** A directory for the output of commands that only read; gone afterwards. */
export async function withPlanSpool<T>(stateDir: string, work: (directory: string) => Promise<T>): Promise<T> {
  const parent = path.join(stateDir, 'plans')
  let directory: string
  try {
    makeDirectory(parent)
    directory = mkdtempSync(path.join(parent, 'spool-'))
  } catch (cause) {
    throw new OpsError('state/unwritable', `cannot create ${parent}: ${messageOf(cause)}`, {
      cause,
      hint: 'Set OPSCONSOLE_STATE_DIR to a directory you can write.',
    })
  }
  try {
    return await work(directory)
  } finally {
    removeQuietly(directory)
  }
}

/** A directory that stays is in nobody's way. */
function removeQuietly(directory: string): void {
  try {
    rmSync(directory, {recursive: true, force: true})
  } catch {
    // The disk refuses: whatever needs it next says so.
  }
}
