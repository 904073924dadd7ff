import {z} from 'zod'
import {OpsError} from '../../../errors.ts'
import type {ArchivedSegment} from '../../wal/continuity.ts'
import {parseSegment} from '../../wal/segment.ts'

const listingSchema = z.record(z.string(), z.object({type: z.string(), time: z.number().nullish()}))

/** What lies in the archive of one cluster. */
export interface ArchiveListing {
  readonly segments: readonly ArchivedSegment[]
  /** Numbers of the timelines whose `.history` file is there. */
  readonly histories: readonly number[]
}

/** Segments are stored with the checksum of their bytes in the name; a partial one of a promoted server has more. */
const FILE = /^([0-9A-F]{24})-[0-9a-f]{40}(?:\.[a-z0-9]+)?$/
const HISTORY = /^([0-9A-F]{8})\.history$/

/** Of `repo-ls archive/STANZA/ID --recurse --output=json`. */
export function parseArchive(text: string, segmentBytes: number): ArchiveListing {
  const listing = listingSchema.safeParse(readJson(text))
  if (!listing.success) throw new OpsError('backup/storage', 'the listing of the WAL archive is not understood')
  const segments: ArchivedSegment[] = []
  const histories: number[] = []
  for (const [path, {type, time}] of Object.entries(listing.data)) {
    if (type !== 'file') continue
    const name = path.slice(path.lastIndexOf('/') + 1)
    const segment = parseSegment(FILE.exec(name)?.[1] ?? '', segmentBytes)
    const history = HISTORY.exec(name)?.[1]
    if (segment !== undefined) segments.push({...segment, file: path, archivedAt: (time ?? 0) * 1000})
    else if (history !== undefined) histories.push(Number.parseInt(history, 16))
  }
  return {segments, histories}
}

/** Names of the directories of `repo-ls backup/STANZA --output=json`: a backup whose directory is gone is still in the catalogue. */
export function parseDirectories(text: string): ReadonlySet<string> {
  const listing = listingSchema.safeParse(readJson(text))
  if (!listing.success) throw new OpsError('backup/storage', 'the listing of the backups is not understood')
  return new Set(Object.entries(listing.data).flatMap(([name, {type}]) => (type === 'path' ? [name] : [])))
}

function readJson(text: string): unknown {
  try {
    return text.trim() === '' ? {} : JSON.parse(text)
  } catch (cause) {
    throw new OpsError('backup/storage', 'the listing of the WAL archive is not JSON', {cause})
  }
}
