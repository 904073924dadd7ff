import {constants} from 'node:fs'
import {type FileHandle, open} from 'node:fs/promises'
import type {DatabaseSync} from 'node:sqlite'
import {messageOf, OpsError} from '../../../errors.ts'
import {sleep} from '../../../units/clock.ts'
import {requireSqlite} from './file.ts'
import {type LogIndex, overlayOf, readLogIndex} from './log.ts'

/** A SQLite file as it is at one moment. Its application goes on meanwhile. */
export interface SqliteSnapshot {
  /** A connection in the read transaction that holds the moment. */
  readonly database: DatabaseSync
  readonly journal: 'wal' | 'rollback'
  readonly pageSize: number
  readonly pages: number
  /** All its pages in order. Raises when one cannot be read. */
  read(): AsyncGenerator<Buffer>
  close(): Promise<void>
}

const CHUNK = 1024 * 1024
const PINS = 500

/**
 * Holds a moment by a read transaction, and reads the pages of it: from the file, and from the write-ahead log what is newer
 * there. With a log, writers go on; with a rollback journal they wait with their commits until it is closed. Raises
 * `database/unreachable` with what stands in the way.
 */
export async function openSnapshot(
  file: string,
  {waitMs, signal}: {readonly waitMs: number; readonly signal: AbortSignal},
): Promise<SqliteSnapshot> {
  requireSqlite(file)
  const {DatabaseSync: Database} = await import('node:sqlite')
  const handles: FileHandle[] = []
  let database: DatabaseSync | undefined
  const close = async (): Promise<void> => {
    database?.close()
    database = undefined
    // After the connection: closing a descriptor of a file takes away the locks of this process on it.
    for (const handle of handles.splice(0)) await handle.close()
  }
  const opened = async (name: string): Promise<FileHandle> => {
    const handle = await open(name, constants.O_RDONLY | constants.O_NOFOLLOW)
    handles.push(handle)
    return handle
  }
  try {
    const connection = new Database(file, {readOnly: true, timeout: 0})
    database = connection
    const journal = await patiently(() => journalOf(connection), waitMs, signal)
    const index = journal === 'wal' ? await pinLog(connection, `${file}-shm`, {opened, waitMs, signal}) : undefined
    if (index === undefined) await patiently(() => pin(connection), waitMs, signal)
    const pageSize = index?.pageSize || numberOf(connection, 'PRAGMA page_size')
    const pages = index?.pages || numberOf(connection, 'PRAGMA page_count')
    const data = await opened(file)
    const log = index === undefined || index.inFile ? undefined : await opened(`${file}-wal`)
    const newer = log === undefined || index === undefined ? new Map<number, number>() : await overlayOf(log, index)
    const image = {data, log, newer, pageSize, pages}
    return {database: connection, journal, pageSize, pages, read: () => readPages(image, signal), close}
  } catch (cause) {
    await close()
    signal.throwIfAborted()
    if (cause instanceof OpsError) throw cause
    throw new OpsError('database/unreachable', `${file} cannot be read as it is at one moment: ${reasonOf(cause)}`, {
      cause,
    })
  }
}

interface Image {
  readonly data: FileHandle
  readonly log: FileHandle | undefined
  /** Offset in the log, by number of page. */
  readonly newer: ReadonlyMap<number, number>
  readonly pageSize: number
  readonly pages: number
}

async function* readPages({data, log, newer, pageSize, pages}: Image, signal: AbortSignal): AsyncGenerator<Buffer> {
  const together = Math.max(1, Math.floor(CHUNK / pageSize))
  for (let first = 1; first <= pages; first += together) {
    signal.throwIfAborted()
    const count = Math.min(together, pages - first + 1)
    const piece = Buffer.alloc(count * pageSize)
    const there = await readFully(data, piece, (first - 1) * pageSize)
    for (let at = 0; at < count; at += 1) {
      const offset = newer.get(first + at)
      const page = piece.subarray(at * pageSize, (at + 1) * pageSize)
      const bytes =
        offset === undefined || log === undefined
          ? Math.min(pageSize, Math.max(0, there - at * pageSize))
          : await readFully(log, page, offset)
      if (bytes < pageSize) throw new Error(`page ${first + at} of ${pages} is not there`)
    }
    yield piece
  }
}

async function readFully(handle: FileHandle, into: Buffer, position: number): Promise<number> {
  let done = 0
  while (done < into.length) {
    const {bytesRead} = await handle.read(into, done, into.length - done, position + done)
    if (bytesRead === 0) break
    done += bytesRead
  }
  return done
}

/** The moment is that of the index when it says the same before and after the transaction began. */
async function pinLog(
  database: DatabaseSync,
  indexFile: string,
  tools: {
    readonly opened: (name: string) => Promise<FileHandle>
    readonly waitMs: number
    readonly signal: AbortSignal
  },
): Promise<LogIndex> {
  // Makes the index when nobody else has the file open.
  await patiently(() => pin(database), tools.waitMs, tools.signal)
  database.exec('ROLLBACK')
  const handle = await tools.opened(indexFile)
  for (let tries = 1; tries <= PINS; tries += 1) {
    const before = await readLogIndex(handle)
    await patiently(() => pin(database), tools.waitMs, tools.signal)
    const after = await readLogIndex(handle)
    if (before !== undefined && after !== undefined && before.words.equals(after.words)) return after
    database.exec('ROLLBACK')
    await sleep(tries % 10, tools.signal)
  }
  throw new Error('it is written to so often that no moment could be held')
}

function pin(database: DatabaseSync): void {
  database.exec('BEGIN')
  try {
    database.prepare('SELECT count(*) FROM sqlite_schema').get()
  } catch (error) {
    database.exec('ROLLBACK')
    throw error
  }
}

/** Waits for others without keeping this process from anything else. */
async function patiently<T>(work: () => T, waitMs: number, signal: AbortSignal): Promise<T> {
  const until = Date.now() + waitMs
  for (;;) {
    try {
      return work()
    } catch (error) {
      if (!/locked|busy/i.test(messageOf(error)) || Date.now() >= until) throw error
      await sleep(20, signal)
    }
  }
}

const journalOf = (database: DatabaseSync): 'wal' | 'rollback' =>
  Object.values(database.prepare('PRAGMA journal_mode').get() ?? {})[0] === 'wal' ? 'wal' : 'rollback'

const numberOf = (database: DatabaseSync, pragma: string): number =>
  Number(Object.values(database.prepare(pragma).get() ?? {})[0])

function reasonOf(cause: unknown): string {
  const text = messageOf(cause)
  if (/locked|busy/i.test(text)) return 'another process keeps it locked'
  if (/readonly|unable to open/i.test(text))
    return `${text}: something was broken off in it, which its application has to open once to put right, or its directory may not be written to by this user`
  return text
}
