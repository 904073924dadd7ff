import {closeSync, fsyncSync, linkSync, openSync, renameSync, unlinkSync, writeFileSync} from 'node:fs'
import {open, rename} from 'node:fs/promises'
import path from 'node:path'
import {openInMode} from './modes.ts'

/**
 * A whole file or the old one, after a crash too: written aside, synced, renamed, and the directory synced. Without a
 * mode it is as its directory wants it.
 */
export function writeDurably(file: string, text: string, mode?: number): void {
  renameSync(writeAside(file, text, mode), file)
  syncDirectory(path.dirname(file))
}

/** The same where the file must not be there yet: of several who try, one succeeds. False: it is there. */
export function writeOnce(file: string, text: string): boolean {
  const temporary = writeAside(file, text, undefined)
  try {
    linkSync(temporary, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  } finally {
    unlinkSync(temporary)
  }
  syncDirectory(path.dirname(file))
  return true
}

function writeAside(file: string, text: string, mode: number | undefined): string {
  const temporary = `${file}.tmp-${process.pid}`
  const descriptor = openInMode(temporary, 'w', mode)
  try {
    writeFileSync(descriptor, text)
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
  return temporary
}

/** Makes what was created, renamed or removed in a directory durable. */
export function syncDirectory(directory: string): void {
  const descriptor = openSync(directory, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** Gives a file that is synced already its name, durably, on a disk that may be slow. */
export async function renameDurably(from: string, to: string): Promise<void> {
  await rename(from, to)
  const directory = await open(path.dirname(to), 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}
