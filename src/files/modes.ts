import {chmodSync, closeSync, existsSync, fchmodSync, fstatSync, openSync, statSync} from 'node:fs'
import path from 'node:path'

/** How what is made in a directory may be used by others. */
export interface Modes {
  /** The directory is one of a group: everybody in it may read and write what is made there. */
  readonly shared: boolean
  readonly file: number
  readonly directory: number
}

const PRIVATE: Modes = {shared: false, file: 0o600, directory: 0o700}
const SHARED: Modes = {shared: true, file: 0o660, directory: 0o2770}

/**
 * Private, unless the directory is set up for a group and nobody else: setgid, group-writable, closed to others, as
 * `chmod 2770` makes it. What is made in it then is too, level by level.
 */
export function modesIn(directory: string): Modes {
  return (statSync(directory).mode & 0o2077) === 0o2070 ? SHARED : PRIVATE
}

/** Opens a file with the mode that its directory wants, whatever the umask; one that is there keeps its own. */
export function openInMode(file: string, flags: string | number, mode = modesIn(path.dirname(file)).file): number {
  const descriptor = openSync(file, flags, mode)
  if (mode === PRIVATE.file) return descriptor
  try {
    const now = fstatSync(descriptor)
    if (now.uid === process.geteuid?.() && (now.mode & 0o7777) !== mode) fchmodSync(descriptor, mode)
    return descriptor
  } catch (error) {
    closeSync(descriptor)
    throw error
  }
}

/** SQLite makes files for everybody, and its side files like the database: so that is made first, empty. */
export function prepareDatabase(file: string): void {
  try {
    if (!existsSync(file)) closeSync(openInMode(file, 'a'))
  } catch {
    // Whoever opens it says in its own words why it cannot.
  }
}

/** A directory just made by this process takes after the one it is in. */
export function shareLikeParent(directory: string): void {
  const modes = modesIn(path.dirname(directory))
  if (modes.shared) chmodSync(directory, modes.directory)
}
