import {z} from 'zod'
import {type EntryType, shownPath, type TreeEntry} from './tree.ts'

const nodeSchema = z.object({
  struct_type: z.literal('node'),
  path: z.string(),
  type: z.string(),
  size: z.number().default(0),
})

const TYPES: Readonly<Record<string, EntryType>> = {file: 'file', dir: 'directory', symlink: 'link'}

/** What differs between a list and the snapshot that restic made beside it. */
export interface SnapshotDifferences {
  /** What the list knows for certain and the snapshot has not, or has otherwise; each with its reason. */
  readonly faults: readonly string[]
  /** Paths of what was there only between the two looks. */
  readonly extra: readonly string[]
}

/** restic writes names that are not UTF-8 with replacement characters: of such ones only that they are there is compared. */
const keyOf = (text: string): string => text.replaceAll(/\u{FFFD}+/gu, '\u{FFFD}')

/** Compares with the lines of `restic ls --json`, one for each thing, paths from the root of the host. */
export async function compareSnapshot(
  entries: readonly TreeEntry[],
  directory: string,
  lines: AsyncIterable<string>,
): Promise<SnapshotDifferences> {
  const expected = new Map(entries.map(entry => [keyOf(Buffer.from(entry.path, 'latin1').toString('utf8')), entry]))
  const faults: string[] = []
  const extra: string[] = []
  for await (const line of lines) {
    const node = nodeSchema.safeParse(JSON.parse(line)).data
    if (node === undefined || node.type === 'socket') continue
    const own = below(node.path, directory)
    if (own === undefined) continue
    const entry = expected.get(keyOf(own))
    expected.delete(keyOf(own))
    if (entry === undefined) extra.push(Buffer.from(own).toString('latin1'))
    else if (entry.unproved === undefined) faults.push(...faultsOf(entry, node))
  }
  for (const entry of expected.values())
    if (entry.unproved === undefined) faults.push(`${shownPath(entry.path)} is not in the snapshot`)
  return {faults, extra}
}

function faultsOf(entry: TreeEntry, node: z.output<typeof nodeSchema>): readonly string[] {
  const type = TYPES[node.type] ?? 'special'
  if (type !== entry.type) return [`${shownPath(entry.path)} is a ${type} in the snapshot`]
  return type === 'file' && node.size !== entry.bytes
    ? [`${shownPath(entry.path)} has ${node.size} of ${entry.bytes} bytes in the snapshot`]
    : []
}

const below = (path: string, directory: string): string | undefined =>
  path === directory ? '' : path.startsWith(`${directory}/`) ? path.slice(directory.length + 1) : undefined
