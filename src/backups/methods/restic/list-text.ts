import {z} from 'zod'
import type {TreeEntry} from './tree.ts'

/**
 * The list of a tree as text that `sha256sum -c` understands: the files with their sums, and before each thing a comment
 * with the rest of what is known of it.
 */
export function* listText(entries: Iterable<TreeEntry>): Generator<Buffer> {
  for (const entry of entries) {
    const {path, type, sha256, unproved} = entry
    const known = `# ${JSON.stringify(entry)}\n`
    yield Buffer.from(
      type === 'file' && unproved === undefined ? `${known}${sumLine(sha256, path)}\n` : known,
      'latin1',
    )
  }
}

/** As sha256sum writes it: a name with a line break in it is escaped, which a backslash at the beginning says. */
function sumLine(sha256: string, path: string): string {
  const escaped = `./${path}`.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r')
  return `${escaped === `./${path}` ? '' : '\\'}${sha256}  ${escaped}`
}

const entrySchema = z.strictObject({
  path: z.string(),
  type: z.enum(['file', 'directory', 'link', 'special']),
  mode: z.number(),
  owner: z.string(),
  bytes: z.number(),
  modifiedMs: z.number(),
  sha256: z.string(),
  unproved: z.string().optional(),
})

/** Raises an Error with the line that is not understood. */
export async function parseList(text: AsyncIterable<Uint8Array>): Promise<readonly TreeEntry[]> {
  const entries: TreeEntry[] = []
  let rest = ''
  const take = (line: string): void => {
    if (!line.startsWith('# ')) return
    const {unproved, ...entry} = entrySchema.parse(JSON.parse(line.slice(2)))
    entries.push(unproved === undefined ? entry : {...entry, unproved})
  }
  for await (const piece of text) {
    const lines = `${rest}${Buffer.from(piece).toString('latin1')}`.split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) take(line)
  }
  if (rest !== '') throw new Error('the list of its files is cut short')
  return entries
}
