import {escapeLine} from '../../../text/escape.ts'
import type {TableDifference} from '../../compare-measurements.ts'

export type EntryType = 'file' | 'directory' | 'link' | 'special'

/** One thing below a directory. A path is bytes, one character each (latin1): a name need not be UTF-8. */
export interface TreeEntry {
  /** From the directory, without `./`; empty for the directory itself. */
  readonly path: string
  readonly type: EntryType
  /** Permissions, with the bits for set-uid, set-gid and sticky. */
  readonly mode: number
  /** `uid:gid`. */
  readonly owner: string
  /** Of a file; else 0. */
  readonly bytes: number
  /** Of a file: milliseconds since 1970. */
  readonly modifiedMs: number
  /** Of what a file holds, or of where a link points. */
  readonly sha256: string
  /** Why it need not be equal: it changed while it was copied. */
  readonly unproved?: string
}

/** A path for people. */
export const shownPath = (path: string): string =>
  path === '' ? '.' : escapeLine(Buffer.from(path, 'latin1').toString('utf8'), 120)

/** What is missing, new or different in a restored tree. Pure. Owners are compared where they could be restored. */
export function compareTrees(
  expected: readonly TreeEntry[],
  found: readonly TreeEntry[],
  {owners}: {readonly owners: boolean},
): readonly TableDifference[] {
  const there = new Map(found.map(entry => [entry.path, entry]))
  const differences: TableDifference[] = []
  for (const entry of expected) {
    const other = there.get(entry.path)
    there.delete(entry.path)
    if (entry.unproved !== undefined) continue
    const reason = differenceOf(entry, other, owners)
    if (reason !== undefined) differences.push({table: shownPath(entry.path), reason})
  }
  for (const path of there.keys()) differences.push({table: shownPath(path), reason: 'not in the backup'})
  return differences
}

function differenceOf(entry: TreeEntry, other: TreeEntry | undefined, owners: boolean): string | undefined {
  if (other === undefined) return 'missing'
  if (other.type !== entry.type) return `a ${other.type} instead of a ${entry.type}`
  if (other.bytes !== entry.bytes) return `${other.bytes} bytes instead of ${entry.bytes}`
  if (other.sha256 !== entry.sha256) return entry.type === 'link' ? 'points elsewhere' : 'other content'
  if (entry.type !== 'link' && other.mode !== entry.mode) return `mode ${octal(other)} instead of ${octal(entry)}`
  if (owners && other.owner !== entry.owner) return `of ${other.owner} instead of ${entry.owner}`
  return other.modifiedMs === entry.modifiedMs ? undefined : 'another time of change'
}

const octal = ({mode}: TreeEntry): string => mode.toString(8).padStart(4, '0')
