import {closeSync, fsyncSync, openSync, renameSync, writeFileSync} from 'node:fs'
import {open, rename} from 'node:fs/promises'
import path from 'node:path'
import {openInMode} from './modes.ts'

/**
 * A whole file or the old one, after a crash too: written aside, synced, renamed, and the directory synced. Without a
 * mode it is as its directory wants it.
 */
export function writeDurably(file: string, text: string, mode?: number): void {
  const temporary = `${file}.tmp-${process.pid}`
  const descriptor = openInMode(temporary, 'w', mode)
  try {
    writeFileSync(descriptor, text)
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
  renameSync(temporary, file)
  syncDirectory(path.dirname(file))
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
