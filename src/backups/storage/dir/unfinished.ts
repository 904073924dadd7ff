import {randomBytes} from 'node:crypto'
import {type FileHandle, mkdir, open, readdir, unlink} from 'node:fs/promises'
import path from 'node:path'
import {renameDurably} from '../../../files/durable.ts'
import type {UnfinishedFile} from '../storage.ts'

export const PARTIAL = '.partial'
/** Written out while the next megabytes come: one fsync at the end of a large file would take as long as all of them. */
const SYNC_EVERY = 16 * 1024 * 1024
const UNIQUE = /(?:\.[0-9a-f]{8})?\.partial$/

/** The name that an unfinished file is to have; any other name is its own. */
export const targetOf = (name: string): string => name.replace(UNIQUE, '')

/** Paths of the unfinished files of one name. */
export async function unfinishedOf(directory: string, name: string): Promise<readonly string[]> {
  const names = await readdir(directory).catch(() => [])
  return names
    .filter(other => other.endsWith(PARTIAL) && targetOf(other) === name)
    .map(other => path.join(directory, other))
}

/** `NAME.RANDOM.partial`: of two writers of one record neither can give the other's half the final name. */
export async function beginFile(directory: string, target: string): Promise<UnfinishedFile> {
  await mkdir(directory, {recursive: true, mode: 0o700})
  const partial = `${target}.${randomBytes(4).toString('hex')}${PARTIAL}`
  const file = await open(partial, 'wx', 0o600)
  let unsynced = 0
  let syncing: Promise<void> = Promise.resolve()
  return {
    async write(bytes) {
      await writeAll(file, bytes)
      unsynced += bytes.length
      if (unsynced < SYNC_EVERY) return
      unsynced = 0
      // Its failure is kept for commit: after a failed fsync nothing of this file may be called durable.
      syncing = syncing.then(() => file.datasync())
      syncing.catch(() => undefined)
    },
    async commit() {
      await syncing
      await file.sync()
      await file.close()
      await renameDurably(partial, target)
    },
    async abort() {
      await syncing.catch(() => undefined)
      await file.close().catch(() => undefined)
      await unlink(partial).catch(() => undefined)
    },
  }
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  let offset = 0
  while (offset < bytes.length) {
    const {bytesWritten} = await file.write(bytes, offset, bytes.length - offset)
    offset += bytesWritten
  }
}
