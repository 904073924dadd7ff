import {createHash} from 'node:crypto'
import {closeSync, constants, fstatSync, linkSync, readdirSync, readSync, renameSync, rmSync} from 'node:fs'
import path from 'node:path'
import {CONTINUED, parse} from '../audit/chain.ts'
import {syncDirectory} from '../files/durable.ts'
import {openInMode} from '../files/modes.ts'
import type {LogSystem} from './append-log.ts'
import {stateError} from './state-error.ts'
import {stampOf, statsOf} from './trail-place.ts'
import {openRegular} from '../files/bounded-file.ts'

/**
 * A trail is one file that grows, `log`, and before it the files that were full: `log.000001` is the oldest. A full one
 * is sealed: it gets its number and is never written again. The first record of each further file names the one before it
 * and points at its last record.
 */
export interface Segment {
  readonly number: number
  readonly file: string
}

/** Some forty thousand records: small enough to be copied and moved, large enough that few files make years. */
export const SEGMENT_BYTES = 16 * 1024 * 1024

const NUMBERED = /\.(\d{6,})$/

export const sealedName = (log: string, number: number): string => `${log}.${String(number).padStart(6, '0')}`

/** What was sealed of a trail, oldest first. */
export function sealedSegments(log: string): readonly Segment[] {
  const directory = path.dirname(log)
  const base = `${path.basename(log)}.`
  return namesIn(directory)
    .filter(name => name.startsWith(base) && NUMBERED.test(name) && !name.slice(base.length).includes('.'))
    .map(name => ({number: Number(NUMBERED.exec(name)?.[1]), file: path.join(directory, name)}))
    .sort((a, b) => a.number - b.number)
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory)
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(String((error as NodeJS.ErrnoException).code))) return []
    throw stateError('read', directory, error)
  }
}

/**
 * Every file of a trail, oldest first, each open while it is looked at. A file that is sealed meanwhile is read once: the
 * open one is opened before the others are listed. Raises what opening raises.
 */
export function* trailFiles(
  log: string,
): Generator<{readonly sealed: Segment | undefined; readonly descriptor: number}> {
  const last = openRegular(log)
  try {
    const {dev, ino} = fstatSync(last)
    for (const sealed of sealedSegments(log)) {
      const descriptor = openRegular(sealed.file, constants.O_NOFOLLOW)
      try {
        const here = fstatSync(descriptor)
        if (here.dev === dev && here.ino === ino) break
        yield {sealed, descriptor}
      } finally {
        closeSync(descriptor)
      }
    }
    yield {sealed: undefined, descriptor: last}
  } finally {
    closeSync(last)
  }
}

/** The same the other way round, for whoever wants the newest and may not need the rest. A missing `log` is left out. */
export function* newestFirst(log: string): Generator<number> {
  const last = openIfThere(log)
  const own = last === undefined ? undefined : fstatSync(last)
  try {
    if (last !== undefined) yield last
    for (const {file} of sealedSegments(log).toReversed()) {
      const descriptor = openRegular(file, constants.O_NOFOLLOW)
      try {
        const here = fstatSync(descriptor)
        if (here.dev !== own?.dev || here.ino !== own.ino) yield descriptor
      } finally {
        closeSync(descriptor)
      }
    }
  } finally {
    if (last !== undefined) closeSync(last)
  }
}

function openIfThere(file: string): number | undefined {
  try {
    return openRegular(file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** Which of the sealed files an open one is; undefined: none. */
export function sealedAs(log: string, descriptor: number): Segment | undefined {
  const open = fstatSync(descriptor, {bigint: true})
  return sealedSegments(log).find(({file}) => {
    const here = statsOf(file)
    return here?.dev === open.dev && here.ino === open.ino
  })
}

/** What tells the sealed files of a trail apart from themselves at any other time; the next one is added to what is known. */
export const sealedStamp = (log: string): string =>
  sealedSegments(log).reduce((known, {file}) => addStamp(known, file), '')

export function addStamp(known: string, file: string): string {
  const stats = statsOf(file)
  const stamp = stats ? stampOf(stats) : 'gone'
  return createHash('sha256')
    .update(`${known} ${path.basename(file)} ${stamp}`)
    .digest('hex')
}

/** The number of the file that is written now: one more than what its first record follows. */
export function openNumber(log: string): number {
  const buffer = Buffer.alloc(4096)
  const descriptor = openRegular(log)
  const read = readSync(descriptor, buffer, 0, buffer.length, 0)
  closeSync(descriptor)
  const text = buffer.toString('utf8', 0, read)
  const first = parse(text.slice(18, Math.max(18, text.indexOf('\n'))))
  const number = first?.action === CONTINUED ? Number(first.detail?.['segment']) : 1
  return Number.isSafeInteger(number) && number > 0 ? number : 1
}

/**
 * Seals the open file, and puts one in its place that begins with `first`. There is a whole trail at every moment: the new
 * file is durable before the old one has its number, and the name `log` is never without a file.
 */
export function sealSegment(log: string, number: number, first: Buffer, system: LogSystem): string {
  const next = `${log}.next`
  rmSync(next, {force: true})
  const descriptor = openInMode(next, 'wx')
  try {
    const written = system.write(descriptor, first)
    if (written !== first.length)
      throw Object.assign(new Error(`only ${written} of ${first.length} bytes were written`), {code: 'ENOSPC'})
    system.sync(descriptor)
  } finally {
    closeSync(descriptor)
  }
  const sealed = sealedName(log, number)
  linkSync(log, sealed)
  // Before the rename: after a power cut the open name alone could have survived.
  syncDirectory(path.dirname(log))
  renameSync(next, log)
  syncDirectory(path.dirname(log))
  return sealed
}

/** The second name of an open file that is just being sealed, or whose writer died while it sealed it. */
export function halfSealed(log: string): Segment | undefined {
  const open = statsOf(log)
  if (open?.nlink !== 2n) return undefined
  return sealedSegments(log).find(({file}) => {
    const here = statsOf(file)
    return here?.dev === open.dev && here.ino === open.ino
  })
}
