import {closeSync, constants, fstatSync, openSync, readFileSync} from 'node:fs'

/**
 * Opens a file of ours for reading: a plain file, or it fails at once. What somebody put in its place is not followed (a
 * link), nor waited for (a pipe, which would hold every window that looks).
 */
export function openPlain(file: string): number {
  return openOnlyPlain(file, constants.O_RDONLY)
}

/** Likewise with any flags and mode. */
export function openOnlyPlain(file: string, flags: number, mode?: number): number {
  const descriptor = openUnfollowed(file, flags, mode)
  if (fstatSync(descriptor).isFile()) return descriptor
  closeSync(descriptor)
  throw new Error(`${file} is not a plain file`)
}

function openUnfollowed(file: string, flags: number, mode: number | undefined): number {
  try {
    return openSync(file, flags | constants.O_NOFOLLOW | constants.O_NONBLOCK, mode)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ELOOP') throw cause
    throw new Error(`${file} is a symbolic link, which is not followed`, {cause})
  }
}

/** More than any file of ours has that is read at once. */
const MOST_BYTES = 64 << 20

/** Whole; one of gigabytes, which is none of ours, raises instead of filling the memory. */
export function readPlain(file: string, most = MOST_BYTES): Buffer {
  const descriptor = openPlain(file)
  try {
    if (fstatSync(descriptor).size > most) throw new Error(`${file} is larger than ${most >> 20} MB`)
    return readFileSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

export const readPlainText = (file: string): string => readPlain(file).toString('utf8')
