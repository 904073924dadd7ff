import {createHash} from 'node:crypto'
import type {TableMeasurements, UnprovedTable} from '../../manifest.ts'
import {TREE} from '../../proved-words.ts'
import {type EntryType, shownPath, type TreeEntry} from './tree.ts'

const NAMES: Readonly<Record<EntryType, string>> = {
  file: 'files',
  directory: 'directories',
  link: 'links',
  special: 'special files',
}

/** How many of each type there are, and a checksum over the paths and sums of those that are proved. */
export function measureTree(entries: readonly TreeEntry[]): readonly TableMeasurements[] {
  const sums = new Map<EntryType, {rows: number; sum: bigint}>()
  for (const {path, type, bytes, sha256, unproved} of entries) {
    if (unproved !== undefined) continue
    const {rows, sum} = sums.get(type) ?? {rows: 0, sum: 0n}
    const digest = createHash('sha256').update(`${path}\0${bytes}\0${sha256}`, 'latin1').digest()
    sums.set(type, {rows: rows + 1, sum: sum + digest.readBigInt64BE(0)})
  }
  return [...sums].map(([type, {rows, sum}]) => ({
    schema: TREE,
    name: NAMES[type],
    rows,
    hash: 'record' as const,
    checksum: String(sum),
  }))
}

/** So many are in the manifest by name; the list has them all. */
const NAMED = 50

/** What the backup cannot prove, in the words of a manifest. */
export function unprovedOf(entries: readonly TreeEntry[]): UnprovedTable[] {
  const unproved = entries.filter(entry => entry.unproved !== undefined)
  const named = unproved.slice(0, NAMED).map(({path, unproved: reason = ''}) => ({
    schema: TREE,
    name: shownPath(path),
    reason,
  }))
  const more = unproved.length - NAMED
  return more > 0 ? [...named, {schema: TREE, name: `${more} more`, reason: 'changed while they were copied'}] : named
}

/** `3 files, 1 link`. */
export const treeWords = (tables: readonly Pick<TableMeasurements, 'name' | 'rows'>[]): string =>
  tables.map(({name, rows}) => `${rows} ${rows === 1 ? SINGULAR[name] : name}`).join(', ')

const SINGULAR: Readonly<Record<string, string>> = {
  files: 'file',
  directories: 'directory',
  links: 'link',
  'special files': 'special file',
}
