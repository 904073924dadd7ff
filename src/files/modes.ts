import {chmodSync, closeSync, constants, fchmodSync, fstatSync, lstatSync, statSync} from 'node:fs'
import path from 'node:path'
import {OpsError} from '../errors.ts'
import {openOnlyPlain} from './plain-file.ts'

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

const {O_APPEND, O_CREAT, O_EXCL, O_RDWR, O_TRUNC, O_WRONLY} = constants
const FLAGS = {
  a: O_WRONLY | O_CREAT | O_APPEND,
  w: O_WRONLY | O_CREAT | O_TRUNC,
  wx: O_WRONLY | O_CREAT | O_EXCL,
  'wx+': O_RDWR | O_CREAT | O_EXCL,
}

/** Opens a file with the mode that its directory wants, whatever the umask; one that is there keeps its own. */
export function openInMode(
  file: string,
  flags: keyof typeof FLAGS | number,
  mode = modesIn(path.dirname(file)).file,
): number {
  const descriptor = openOnlyPlain(file, typeof flags === 'number' ? flags : FLAGS[flags], mode)
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
  const there = lstatSync(file, {throwIfNoEntry: false})
  if (there && (!there.isFile() || there.nlink > 1))
    throw new OpsError('state/unwritable', `${file} is a link, or not a plain file: it is not opened`, {
      hint: 'Find out who put it there, and move it away.',
    })
  try {
    if (!there) closeSync(openInMode(file, 'a'))
  } catch {
    // Whoever opens it says in its own words why it cannot.
  }
}

/** A directory just made by this process takes after the one it is in. */
export function shareLikeParent(directory: string): void {
  const modes = modesIn(path.dirname(directory))
  if (modes.shared) chmodSync(directory, modes.directory)
}
