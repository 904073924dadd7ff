import type {ResolveSecret} from '../../config/fields.ts'

/** One file of a storage. */
export interface StoredFile {
  /** A plain file name, of whatever characters the storage allows: it may have been put there by anybody. */
  readonly name: string
  readonly bytes: number
  /** When its content last changed, as the storage tells: a file touched since it was verified is unchecked again. */
  readonly modifiedMs: number
  /** False: `begin` was called for this name and `commit` was not, or not yet. */
  readonly whole: boolean
}

/**
 * Where the backups of one configured backup are kept: a flat folder of files that appear under their name only when
 * they are whole. One folder here for each driver, and one line in the registry. Every call raises `backup/storage`, or
 * the plain error of the system, in words that a person can act on; the signal ends it, whatever it waits for.
 */
export interface BackupStorage {
  /** Where that is, for people, records and errors; never with credentials. A file is at `ADDRESS/NAME`. */
  readonly address: string
  /** What `commit` promises, and what it cannot: one sentence. */
  readonly durability: string
  /** All files; none when nothing was ever stored. One round trip: a catalogue is looked at every few seconds. */
  list(signal?: AbortSignal): Promise<readonly StoredFile[]>
  /** Undefined when there is no whole file of that name. */
  stat(name: string, signal?: AbortSignal): Promise<StoredFile | undefined>
  /**
   * The texts of small files, at most 64 MB each, in as few round trips as can be. One that is not there is left out;
   * one that cannot be read is an Error, for it must not hide the others.
   */
  readTexts(names: readonly string[], signal?: AbortSignal): Promise<ReadonlyMap<string, string | Error>>
  /**
   * The bytes of a file from `offset` (0) to its end. Ends with an error unless that end was reached. A piece is good until
   * the next one is asked for: its memory may be used again.
   */
  read(name: string, options?: {readonly offset?: number; readonly signal?: AbortSignal}): AsyncIterable<Uint8Array>
  /** A new file, which is not there until `commit`. */
  begin(name: string, signal?: AbortSignal): Promise<UnfinishedFile>
  /** As `begin`, for the same bytes from the first on: those that an earlier one has stored are not sent again. */
  resume?(name: string, signal?: AbortSignal): Promise<UnfinishedFile>
  /** Removes files in this order, whole and unfinished ones of each name. Nothing to do for one that is not there. */
  remove(names: readonly string[], signal?: AbortSignal): Promise<void>
  /** What is left for further backups, where the storage can tell. */
  freeBytes?(signal?: AbortSignal): Promise<number | undefined>
}

export interface UnfinishedFile {
  /** Resolves when more may be written; the memory of these bytes may be used again then. */
  write(bytes: Uint8Array): Promise<void>
  /** The file is whole, as durable as the storage makes it, and has its name, in place of an older one: one instant. */
  commit(): Promise<void>
  /** Removes what was written; never raises. Works when the signal of `begin` has ended it all. */
  abort(): Promise<void>
  /** Leaves what was written for `resume`, as not whole; never raises. */
  leave?(): Promise<void>
  /** Bytes that were sent: fewer than were written where some were there. */
  sent?(): number
}

/** What a storage is told and may use. */
export interface StorageTools {
  /** The part of the storage that is one backup's: `production/shop`, plain words with a `/`. */
  readonly folder: string
  readonly secret: ResolveSecret
}

/** A manifest or a record is smaller by far; more is somebody else's file. */
export const TEXT_LIMIT = 64 * 1024 * 1024

/** Stores a small file whole, in place of an older one. */
export async function storeText(
  storage: BackupStorage,
  name: string,
  text: string,
  signal?: AbortSignal,
): Promise<void> {
  const file = await storage.begin(name, signal)
  try {
    await file.write(Buffer.from(text))
    await file.commit()
  } catch (error) {
    await file.abort()
    throw error
  }
}
