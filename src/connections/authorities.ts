import {messageOf, OpsError} from '../errors.ts'
import {readBounded} from '../files/bounded-file.ts'

/** The certificates of a file that the configuration names. Raises with its name. */
export function readAuthorities(file: string): Buffer {
  try {
    return readBounded(file, 4 << 20)
  } catch (cause) {
    throw new OpsError('config/unreadable', `the certificates of ${file} cannot be read: ${messageOf(cause)}`, {cause})
  }
}
