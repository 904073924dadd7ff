import {directoryStorage} from './dir/dir.ts'
import {type DirectoryStorageSpec, directoryStorageSchema} from './dir/schema.ts'
import type {BackupStorage, StorageTools} from './storage.ts'

/** Every storage. Adding one: its folder, and one line here. */
export const storageSchema = directoryStorageSchema
type StorageSpec = DirectoryStorageSpec

/** Nothing is connected before what it gives is used. */
export const openStorage = (spec: StorageSpec, tools: StorageTools): BackupStorage => directoryStorage(spec, tools)

/** Where a folder of a storage is, for people: never with credentials. */
export const storageAddress = (spec: StorageSpec, folder: string): string =>
  `${spec.path.replace(/\/+$/, '')}/${folder}`
