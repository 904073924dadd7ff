import {readdir, rm, stat, statfs} from 'node:fs/promises'
import path from 'node:path'
import {type BackupStorage, type StorageTools, type StoredFile, TEXT_LIMIT} from '../storage.ts'
import type {DirectoryStorageSpec} from './schema.ts'
import {readFile} from './read.ts'
import {beginFile, PARTIAL, resumeFile, targetOf, unfinishedOf} from './unfinished.ts'
import {readBoundedSoon} from '../../../files/bounded-file.ts'

/** How many small files are read at once. */
const AT_ONCE = 16

/** A directory, local or mounted. */
export function directoryStorage(spec: DirectoryStorageSpec, {folder}: StorageTools): BackupStorage {
  const directory = path.join(spec.path, folder)
  const at = (name: string): string => path.join(directory, path.basename(name))
  return {
    address: directory,
    durability: 'on the disk when it is whole: synced, renamed into place, directory synced',
    async list() {
      const names = await orWhenMissing(readdir(directory), [])
      const found = await inTurns(names, name => statFile(at(name), name))
      return found.filter(file => file !== undefined)
    },
    async stat(name) {
      const found = await statFile(at(name), path.basename(name))
      return found?.whole === true ? found : undefined
    },
    async readTexts(names) {
      const texts = await inTurns(names, name => readText(at(name), name))
      return new Map(
        names.flatMap((name, index) => {
          const text = texts[index]
          return text === undefined ? [] : [[name, text] as const]
        }),
      )
    },
    read: (name, options = {}) => readFile(at(name), options),
    begin: name => beginFile(directory, at(name)),
    resume: name => resumeFile(directory, at(name)),
    async remove(names) {
      for (const name of names) {
        await rm(at(name), {force: true})
        for (const partial of await unfinishedOf(directory, path.basename(name))) await rm(partial, {force: true})
      }
    },
    async freeBytes() {
      const found = await orWhenMissing(statfs(directory), undefined)
      return found === undefined ? undefined : found.bavail * found.bsize
    },
  }
}

/** Undefined for what is no file, and for what went away. */
async function statFile(file: string, name: string): Promise<StoredFile | undefined> {
  const found = await orWhenMissing(stat(file), undefined)
  if (found?.isFile() !== true) return undefined
  const whole = !name.endsWith(PARTIAL)
  return {name: targetOf(name), bytes: found.size, modifiedMs: Math.floor(found.mtimeMs), whole}
}

async function readText(file: string, name: string): Promise<string | Error | undefined> {
  try {
    const found = await orWhenMissing(stat(file), undefined)
    if (found !== undefined && found.size > TEXT_LIMIT) return new Error(`${name} is too large to be a manifest`)
    return await orWhenMissing(readBoundedSoon(file).then(String), undefined)
  } catch (error) {
    return error as Error
  }
}

async function inTurns<T, U>(items: readonly T[], work: (item: T) => Promise<U>): Promise<readonly U[]> {
  const done: U[] = []
  for (let next = 0; next < items.length; next += AT_ONCE)
    done.push(...(await Promise.all(items.slice(next, next + AT_ONCE).map(work))))
  return done
}

async function orWhenMissing<T, U>(reading: Promise<T>, missing: U): Promise<T | U> {
  try {
    return await reading
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return missing
    throw error
  }
}
