import {
  Composer,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Node,
  type Pair,
  type ParsedNode,
  Parser,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml'
import {messageOf, OpsError} from '../errors.ts'
import type {Path} from '../kinds/issue.ts'
import {escapeLine} from '../text/escape.ts'

/** Room for 5,000 services of sixty lines; a larger file is refused unread. */
const MAX_BYTES = 2 * 1024 * 1024
/**
 * Keys, values, spaces between, brackets, ends of lines. It is these that take the time, one to two microseconds each,
 * not the bytes. A service of ten lines has seventy, so there is room for 5,000 of them.
 */
const MAX_MARKS = 400_000
/** Of one list or section. Each entry can be wrong in several ways, and every way is noted before fifty are shown. */
const MAX_ENTRIES = 10_000
/** The schema is eight levels deep. */
const MAX_DEPTH = 32
/** Values after aliases are followed: a few kilobytes of nested aliases can stand for billions. */
const MAX_VALUES = 75_000

export interface Place {
  readonly line: number
  readonly column: number
}

/** A parsed file: plain data, and where each part of it stands. */
export interface ConfigDocument {
  readonly value: unknown
  /** Place of the value at a path, of its key, or of the nearest part around it that exists. */
  locate(path: Path, what?: 'value' | 'key'): Place | undefined
}

/** Raises `config/unreadable` for what is not one YAML document, or not one a person would write. */
export function parseDocument(source: Uint8Array, file: string): ConfigDocument {
  const refuse = (reason: string, cause?: unknown): OpsError =>
    new OpsError('config/unreadable', `${file}: ${escapeLine(reason, 2000)}`, {
      ...(cause === undefined ? {} : {cause}),
      hint: 'Fix the file; `opsconsole doctor` checks it again.',
    })
  if (source.byteLength > MAX_BYTES) throw refuse(`is larger than ${MAX_BYTES / 1024 / 1024} MB`)
  let text: string
  try {
    text = new TextDecoder('utf-8', {fatal: true}).decode(source)
  } catch (cause) {
    throw refuse('is not UTF-8 text', cause)
  }
  const lines = new LineCounter()
  const document = compose(text, lines, refuse)
  if (document.contents === null) throw refuse('is empty')
  const reader = new Reader(node => (node.range ? placeOf(node.range[0], lines) : 'somewhere'))
  let value: unknown
  try {
    value = reader.read(document.contents, 0).value
  } catch (cause) {
    throw refuse(messageOf(cause), cause)
  }
  return {
    value,
    locate(path, what = 'value') {
      const offset = findOffset({root: document.contents, targets: reader.targets}, path, what)
      if (offset === undefined) return undefined
      const {line, col} = lines.linePos(offset)
      return {line, column: col}
    },
  }
}

type Refuse = (reason: string, cause?: unknown) => OpsError

function placeOf(offset: number, lines: LineCounter): string {
  const {line, col} = lines.linePos(offset)
  return `line ${line}, column ${col}`
}

/** All at once and before anything else: finding out that there are too many takes a quarter of the time of parsing them. */
function lex(text: string, refuse: Refuse): string[] {
  const lexemes: string[] = []
  for (const lexeme of new Lexer().lex(text)) {
    if (lexemes.push(lexeme) > MAX_MARKS) throw refuse(`has more than ${MAX_MARKS} keys, values and marks between them`)
  }
  return lexemes
}

/** Depth is measured while tokens arrive: the composer recurses, and would run out of stack on a hostile file. */
function compose(text: string, lines: LineCounter, refuse: Refuse): Document.Parsed {
  const parser = new Parser(lines.addNewLine)
  lines.addNewLine(0)
  const tokens = []
  for (const lexeme of lex(text, refuse)) {
    for (const token of parser.next(lexeme)) {
      if (token.type === 'error')
        throw refuse(`${placeOf(token.offset, lines)}: ${token.message}: ${JSON.stringify(token.source)}`)
      tokens.push(token)
    }
    // Each level of nesting is at most two entries: a collection and the item that holds it.
    if (parser.stack.length > MAX_DEPTH * 2) throw refuse(`is nested more than ${MAX_DEPTH} levels deep`)
  }
  tokens.push(...parser.end())
  let document: Document.Parsed | undefined
  for (const found of composerOf(lines, refuse).compose(tokens, true, text.length)) {
    if (document) throw refuse('holds more than one YAML document')
    const problem = found.errors[0] ?? found.warnings[0]
    if (problem) throw refuse(`${placeOf(problem.pos[0], lines)}: ${problem.message}`, problem)
    document = found
  }
  if (!document) throw refuse('is empty')
  return document
}

/** Gives up at the first problem. The library goes on, and a file can have a problem in every byte. */
function composerOf(lines: LineCounter, refuse: Refuse): Composer {
  // Double keys are found by the reader in linear time; the library compares every pair.
  const options = {schema: 'core', strict: true, stringKeys: true, uniqueKeys: false, logLevel: 'silent'} as const
  const composer = new Composer(options)
  const note = composer['onError']
  composer['onError'] = (source: unknown, code: unknown, message: string, warning?: boolean): void => {
    note(source, code, message, warning)
    const {errors, warnings} = composer.streamInfo()
    const [first] = [...errors, ...warnings]
    throw refuse(first ? `${placeOf(first.pos[0], lines)}: ${first.message}` : message, first)
  }
  return composer
}

interface Reading {
  readonly value: unknown
  /** Values it stands for, aliases followed. */
  readonly size: number
}

/** Turns nodes into plain data, counting what aliases stand for instead of expanding them first. */
class Reader {
  /** What each alias stands for. Found here once: the library searches the whole document for every alias. */
  readonly targets = new Map<Node, Node>()
  readonly #anchors = new Map<string, Node>()
  readonly #place: (node: Node) => string
  readonly #done = new Map<Node, Reading>()
  readonly #open = new Set<Node>()
  constructor(place: (node: Node) => string) {
    this.#place = place
  }

  read(node: Node | null, depth: number): Reading {
    if (node === null) return {value: null, size: 1}
    const known = this.#done.get(node)
    if (known) return known
    if (depth > MAX_DEPTH) throw new Error(`${this.#place(node)}: is nested more than ${MAX_DEPTH} levels deep`)
    if (this.#open.has(node)) throw new Error(`${this.#place(node)}: an alias may not refer to what contains it`)
    this.#open.add(node)
    const reading = this.#readInside(node, depth)
    this.#open.delete(node)
    if (reading.size > MAX_VALUES) throw new Error(`${this.#place(node)}: expands to more than ${MAX_VALUES} values`)
    this.#done.set(node, reading)
    return reading
  }

  #readInside(node: Node, depth: number): Reading {
    if (isAlias(node)) {
      const target = this.#anchors.get(node.source)
      if (!target) throw new Error(`${this.#place(node)}: the alias *${node.source} refers to no earlier anchor`)
      this.targets.set(node, target)
      return this.read(target, depth + 1)
    }
    // In the order of the file, so a later anchor of the same name holds from there on, as YAML wants it.
    if (node.anchor) this.#anchors.set(node.anchor, node)
    if (isScalar(node)) return {value: node.value, size: 1}
    if (isSeq(node)) return this.#readList(node as YAMLSeq<ParsedNode>, depth)
    if (isMap(node)) return this.#readMap(node as YAMLMap<ParsedNode, ParsedNode | null>, depth)
    throw new Error(`${this.#place(node)}: is not a value, a list or a section`)
  }

  #count(node: YAMLSeq | YAMLMap): void {
    if (node.items.length <= MAX_ENTRIES) return
    throw new Error(`${this.#place(node)}: has ${node.items.length} entries, which is more than ${MAX_ENTRIES}`)
  }

  #readList(node: YAMLSeq<ParsedNode>, depth: number): Reading {
    this.#count(node)
    let size = 1
    const value = node.items.map(item => {
      const reading = this.read(item, depth + 1)
      size += reading.size
      return reading.value
    })
    return {value, size}
  }

  #readMap(node: YAMLMap<ParsedNode, ParsedNode | null>, depth: number): Reading {
    this.#count(node)
    let size = 1
    const value: Record<string, unknown> = {}
    for (const {key, value: inside} of node.items) {
      const name = isScalar(key) ? String((key as Scalar).value) : undefined
      if (name === undefined) throw new Error(`${this.#place(key)}: a key should be plain text`)
      if (name === '__proto__') throw new Error(`${this.#place(key)}: __proto__ is not accepted as a key`)
      if (Object.hasOwn(value, name))
        throw new Error(`${this.#place(key)}: the key ${JSON.stringify(name)} is a duplicate`)
      const reading = this.read(inside, depth + 1)
      size += reading.size
      value[name] = reading.value
    }
    return {value, size}
  }
}

/** Offset in the text of the part at a path, or of the innermost part around it that is there. */
function findOffset(
  {root, targets}: {readonly root: Node | null; readonly targets: ReadonlyMap<Node, Node>},
  path: Path,
  what: 'value' | 'key',
): number | undefined {
  let node: Node | null | undefined = root
  let offset = node?.range?.[0]
  for (const [index, step] of path.entries()) {
    if (isAlias(node)) node = targets.get(node)
    const last = index === path.length - 1
    if (isMap(node)) {
      const pair: Pair<ParsedNode, ParsedNode | null> | undefined = (
        node as YAMLMap<ParsedNode, ParsedNode | null>
      ).items.find(({key}) => isScalar(key) && String((key as Scalar).value) === step)
      if (!pair) return offset
      offset = (last && what === 'value' ? pair.value?.range?.[0] : undefined) ?? pair.key.range?.[0] ?? offset
      node = pair.value
    } else if (isSeq(node)) {
      const item = node.items[Number(step)] as Node | undefined
      if (!item) return offset
      offset = item.range?.[0] ?? offset
      node = item
    } else return offset
  }
  return offset
}
