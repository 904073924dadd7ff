import {access, constants} from 'node:fs/promises'
import {messageOf} from '../../../errors.ts'
import {type Check, failed, ok, warning} from '../../../kinds/verdict.ts'
import {escapeLine} from '../../../text/escape.ts'

/** Where backups are kept must be writable, or come into being with the first backup. */
export async function checkDirectory(name: string, path: string): Promise<Check> {
  const place = escapeLine(path, 200)
  try {
    await access(path, constants.R_OK | constants.W_OK | constants.X_OK)
    return ok(name, place)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      return warning(name, `${place} is not there yet`, 'The first backup makes it; check that the path is right.')
    return failed(name, `${place}: ${messageOf(error)}`, 'Give the user that runs opsconsole access to it.')
  }
}
