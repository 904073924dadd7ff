import {type Document, isAlias, isMap, isScalar, isSeq, type Node, parseDocument} from 'yaml'
import type {Path} from '../kinds/issue.ts'
import {newNameOf} from './renamed-keys.ts'

/** One key that was given its new name. */
export interface KeyRename {
  /** Where it stands, with its old name: `releases/0/keep`. */
  readonly path: string
  readonly to: string
}

export interface RenamedText {
  readonly text: string
  readonly renamed: readonly KeyRename[]
  /** Keys that stand there under both names: a person must choose. Left as they are. */
  readonly doubled: readonly KeyRename[]
}

interface Edit extends KeyRename {
  readonly start: number
  readonly end: number
  readonly doubled: boolean
}

/**
 * A configuration's text with every renamed key under its new name. Only the letters of these keys change: comments,
 * order, quotes and spaces stay as they are. The text must be one YAML document.
 */
export function renameKeys(text: string): RenamedText {
  const edits = [...findEdits(parseDocument(text))]
  const kept = edits.filter(edit => !edit.doubled).sort((a, b) => b.start - a.start)
  const plain = ({path, to}: Edit): KeyRename => ({path, to})
  return {
    text: kept.reduce((whole, {start, end, to}) => whole.slice(0, start) + to + whole.slice(end), text),
    renamed: kept.toReversed().map(plain),
    doubled: edits.filter(edit => edit.doubled).map(plain),
  }
}

function* findEdits(document: Document.Parsed): Iterable<Edit> {
  // What an anchor names is visited once, where it stands first.
  const visited = new Set<Node>()
  function* visit(found: unknown, path: Path): Iterable<Edit> {
    const node = isAlias(found) ? found.resolve(document) : (found as Node | null)
    if (!node || visited.has(node)) return
    visited.add(node)
    if (isSeq(node)) for (const [index, item] of node.items.entries()) yield* visit(item, [...path, index])
    if (!isMap(node)) return
    for (const {key, value} of node.items) {
      if (!isScalar(key)) continue
      const here = [...path, String(key.value)]
      const to = newNameOf(here)
      if (to !== undefined && key.range) {
        const [start, end] = key.range
        yield {path: here.map(String).join('/'), to, start, end, doubled: node.has(to)}
      }
      yield* visit(value, here)
    }
  }
  yield* visit(document.contents, [])
}
