import {createHash} from 'node:crypto'
import {type BigIntStats, constants} from 'node:fs'
import {lstat, open, readdir, readlink} from 'node:fs/promises'
import path from 'node:path'
import {sleep} from '../../../units/clock.ts'
import type {EntryType, TreeEntry} from './tree.ts'

/** Something of a tree with what tells whether it was changed since. */
export interface Walked {
  readonly entry: TreeEntry
  readonly stamp: string
}

export interface WalkOptions {
  readonly signal: AbortSignal
  /** False: only names and attributes; sums are empty. */
  readonly read: boolean
  /** Called with what went away between its name and its reading. */
  readonly vanished?: (path: string) => void
  readonly progress?: (bytes: number) => void
}

/** Sockets are nothing without the process that made them. */
const typeOf = (stats: BigIntStats): EntryType | undefined =>
  stats.isFile()
    ? 'file'
    : stats.isDirectory()
      ? 'directory'
      : stats.isSymbolicLink()
        ? 'link'
        : stats.isSocket()
          ? undefined
          : 'special'

/** Everything in a directory, itself first, in the order of the bytes of names. Links are not followed. */
export async function* walkTree(root: string, options: WalkOptions): AsyncGenerator<Walked> {
  const waiting = ['']
  for (let own = waiting.pop(); own !== undefined; own = waiting.pop()) {
    options.signal.throwIfAborted()
    const found = await orGone(own, options, () => walkOne(root, own, options))
    if (found === undefined) continue
    yield found
    if (found.entry.type !== 'directory') continue
    const names = await orGone(own, options, () => readdir(bytesOf(root, own), {encoding: 'buffer'}))
    const sorted = (names ?? []).map(name => name.toString('latin1')).toSorted((one, two) => (one < two ? 1 : -1))
    for (const name of sorted) waiting.push(own === '' ? name : `${own}/${name}`)
  }
}

async function orGone<T>(own: string, {vanished}: WalkOptions, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    if (own === '' || !GONE.has((error as NodeJS.ErrnoException).code ?? '')) throw error
    vanished?.(own)
    return undefined
  }
}
/** ELOOP: it became a link. */
const GONE: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR', 'ELOOP'])

const bytesOf = (root: string, own: string): Buffer =>
  Buffer.concat([Buffer.from(path.join(root, '/')), Buffer.from(own, 'latin1')])

async function walkOne(root: string, own: string, options: WalkOptions): Promise<Walked | undefined> {
  const at = bytesOf(root, own)
  const stats = await settled(at, options)
  const type = typeOf(stats)
  if (type === undefined) return undefined
  const sha256 = !options.read
    ? ''
    : type === 'file'
      ? await sumOf(at, stats.size, options)
      : type === 'link'
        ? createHash('sha256')
            .update(await readlink(at, {encoding: 'buffer'}))
            .digest('hex')
        : ''
  const entry = {
    path: own,
    type,
    mode: Number(stats.mode & 0o7777n),
    owner: `${stats.uid}:${stats.gid}`,
    bytes: type === 'file' ? Number(stats.size) : 0,
    modifiedMs: type === 'file' ? Number(stats.mtimeNs / 1_000_000n) : 0,
    sha256,
  }
  return {entry, stamp: stampOf(stats, type)}
}

/** The clock of a file system ticks every few milliseconds: what changed just now could change again within its tick. */
const TICK_MS = 50

async function settled(at: Buffer, {read, signal}: WalkOptions): Promise<BigIntStats> {
  const stats = await lstat(at, {bigint: true})
  if (!read || !stats.isFile() || Math.abs(Date.now() - Number(stats.ctimeMs)) > TICK_MS) return stats
  await sleep(TICK_MS, signal)
  return lstat(at, {bigint: true})
}

/** A directory is what is in it, so its own times say nothing. */
const stampOf = (stats: BigIntStats, type: EntryType): string =>
  (type === 'directory'
    ? [type, stats.ino, stats.mode, stats.uid, stats.gid]
    : [type, stats.ino, stats.ctimeNs, stats.mtimeNs, stats.size, stats.mode]
  ).join(' ')

const PIECE = 1024 * 1024

/** Read by hand: a stream for each of many small files takes four times as long. */
async function sumOf(at: Buffer, bytes: bigint, {signal, progress}: WalkOptions): Promise<string> {
  const file = await open(at, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  try {
    const hash = createHash('sha256')
    // One more than it has: its end is seen with the first piece.
    const piece = Buffer.allocUnsafe(Math.min(PIECE, Number(bytes) + 1))
    for (let read = 0n; ; ) {
      signal.throwIfAborted()
      const {bytesRead} = await file.read(piece, 0, piece.length, null)
      hash.update(piece.subarray(0, bytesRead))
      progress?.(bytesRead)
      read += BigInt(bytesRead)
      if (bytesRead === 0 || (bytesRead < piece.length && read === bytes)) break
    }
    return hash.digest('hex')
  } finally {
    await file.close()
  }
}
