import {createReadStream} from 'node:fs'
import {type FileHandle, mkdir, open, readdir, readFile, rename, rm, stat, unlink} from 'node:fs/promises'
import path from 'node:path'

/** A directory of backups. Files appear under their final name only when they are whole and durable. */
export interface DirectoryStore {
  readonly location: string
  /** Names of all files; empty when the directory does not exist yet. */
  names(): Promise<readonly string[]>
  /** Undefined when there is no such file. */
  stat(name: string): Promise<{readonly bytes: number; readonly modifiedMs: number} | undefined>
  /** Undefined when there is no such file. At most 64 MB: manifests and records only. */
  readText(name: string): Promise<string | undefined>
  stream(name: string, signal?: AbortSignal): AsyncIterable<Uint8Array>
  /** A new file, still named `NAME.partial`. */
  begin(name: string): Promise<PartialFile>
  /** Writes a small file durably, replacing an older one in one go. */
  writeText(name: string, text: string): Promise<void>
  remove(name: string): Promise<void>
}

export interface PartialFile {
  write(bytes: Uint8Array): Promise<void>
  /** fsync, rename to the final name, fsync the directory. */
  publish(): Promise<void>
  /** Removes what was written; never raises. */
  discard(): Promise<void>
}

export const PARTIAL = '.partial'
/** Written out while the next megabytes come: one fsync at the end of a large file would take as long as all of them. */
const SYNC_EVERY = 16 * 1024 * 1024
const TEXT_LIMIT = 64 * 1024 * 1024

export function directoryStore(location: string): DirectoryStore {
  const at = (name: string): string => path.join(location, path.basename(name))
  return {
    location,
    names: () => orWhenMissing(readdir(location), []),
    stat: async name => {
      const found = await orWhenMissing(stat(at(name)), undefined)
      return found?.isFile() === true ? {bytes: found.size, modifiedMs: Math.floor(found.mtimeMs)} : undefined
    },
    readText: async name => {
      const found = await orWhenMissing(stat(at(name)), undefined)
      if (found !== undefined && found.size > TEXT_LIMIT) throw new Error(`${name} is too large to be a manifest`)
      return orWhenMissing(readFile(at(name), 'utf8'), undefined)
    },
    stream: (name, signal) =>
      createReadStream(at(name), {highWaterMark: 1024 * 1024, ...(signal === undefined ? {} : {signal})}),
    begin: name => beginFile(location, at(name)),
    writeText: async (name, text) => {
      const file = await beginFile(location, at(name))
      try {
        await file.write(Buffer.from(text))
        await file.publish()
      } catch (error) {
        await file.discard()
        throw error
      }
    },
    remove: name => rm(at(name), {force: true}),
  }
}

async function beginFile(location: string, target: string): Promise<PartialFile> {
  await mkdir(location, {recursive: true, mode: 0o700})
  const partial = `${target}${PARTIAL}`
  await rm(partial, {force: true})
  const file = await open(partial, 'wx', 0o600)
  let unsynced = 0
  let syncing: Promise<void> = Promise.resolve()
  return {
    async write(bytes) {
      await writeAll(file, bytes)
      unsynced += bytes.length
      if (unsynced < SYNC_EVERY) return
      unsynced = 0
      // Its failure is kept for publish: after a failed fsync nothing of this file may be called durable.
      syncing = syncing.then(() => file.datasync())
      syncing.catch(() => undefined)
    },
    async publish() {
      await syncing
      await file.sync()
      await file.close()
      await rename(partial, target)
      await syncDirectory(location)
    },
    async discard() {
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

/** A rename is durable only when its directory is. */
async function syncDirectory(location: string): Promise<void> {
  const directory = await open(location, 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}

async function orWhenMissing<T, U>(reading: Promise<T>, missing: U): Promise<T | U> {
  try {
    return await reading
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return missing
    throw error
  }
}
