import {createHash, randomBytes} from 'node:crypto'
import {type FileHandle, mkdir, open, readdir, rename, stat, truncate, unlink} from 'node:fs/promises'
import path from 'node:path'
import {renameDurably} from '../../../files/durable.ts'
import type {Leftover} from '../resumed.ts'
import type {UnfinishedFile} from '../storage.ts'
import {readFile} from './read.ts'

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
const partialOf = (target: string): string => `${target}.${randomBytes(4).toString('hex')}${PARTIAL}`

export async function beginFile(directory: string, target: string): Promise<UnfinishedFile> {
  await mkdir(directory, {recursive: true, mode: 0o700})
  const partial = partialOf(target)
  return writeTo(await open(partial, 'wx', 0o600), partial, () => renameDurably(partial, target))
}

/** Goes on with the newest unfinished file of that name. The others are removed when it is whole. */
export async function resumeFile(directory: string, target: string): Promise<UnfinishedFile> {
  const newest = await newestOf(await unfinishedOf(directory, path.basename(target)))
  if (newest === undefined) return beginFile(directory, target)
  const partial = partialOf(target)
  // Of two that want to go on with it one gets it.
  const taken = await rename(newest, partial).then(
    () => true,
    () => false,
  )
  if (!taken) return beginFile(directory, target)
  // Seldom needed, so not loaded with the storage.
  const {PART, resumedFile} = await import('../resumed.ts')
  return resumedFile(leftoverAt(directory, {partial, target, partBytes: PART}))
}

interface LeftoverFile {
  readonly partial: string
  readonly target: string
  readonly partBytes: number
}

const leftoverAt = (directory: string, {partial, target, partBytes}: LeftoverFile): Leftover => ({
  async digestOf(part) {
    const file = await open(partial)
    try {
      const {bytesRead, buffer} = await file.read(Buffer.allocUnsafeSlow(partBytes), 0, partBytes, part * partBytes)
      return bytesRead < partBytes ? undefined : createHash('sha256').update(buffer).digest('hex')
    } finally {
      await file.close()
    }
  },
  async goOn(bytes, expected) {
    await truncate(partial, bytes)
    return writeTo(await open(partial, 'a', 0o600), partial, async () => {
      if ((await digestOf(partial)) !== expected())
        throw new Error(`${partial} is not what was written to it: somebody else wrote there`)
      await renameDurably(partial, target)
      for (const other of await unfinishedOf(directory, path.basename(target)))
        await unlink(other).catch(() => undefined)
    })
  },
  remove: () => unlink(partial).catch(() => undefined),
})

/** `name` is called when everything is on the disk. */
function writeTo(file: FileHandle, partial: string, name: () => Promise<void>): UnfinishedFile {
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
      await name()
    },
    async leave() {
      await syncing.catch(() => undefined)
      await file.close().catch(() => undefined)
    },
    async abort() {
      await syncing.catch(() => undefined)
      await file.close().catch(() => undefined)
      await unlink(partial).catch(() => undefined)
    },
  }
}

async function newestOf(paths: readonly string[]): Promise<string | undefined> {
  const found = await Promise.all(
    paths.map(async one => ({
      one,
      at: await stat(one).then(
        ({mtimeMs}) => mtimeMs,
        () => 0,
      ),
    })),
  )
  return found.toSorted((left, right) => right.at - left.at)[0]?.one
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const piece of readFile(file, {})) hash.update(piece)
  return hash.digest('hex')
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  let offset = 0
  while (offset < bytes.length) {
    const {bytesWritten} = await file.write(bytes, offset, bytes.length - offset)
    offset += bytesWritten
  }
}
