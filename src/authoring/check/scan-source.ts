/**
 * A small scanner of TypeScript, just deep enough to look at runbooks: it knows strings, templates with what is in
 * them, comments and regular expressions, so that nothing inside one is taken for another. Offsets are into the source.
 */
export interface Token {
  readonly kind: 'word' | 'string' | 'number' | 'template' | 'regex' | 'punct'
  /** As written. */
  readonly text: string
  readonly start: number
  readonly end: number
  /** Of a template: the pieces of text, and between them the values. */
  readonly pieces?: readonly string[]
  readonly values?: readonly TemplateValue[]
}

export interface TemplateValue {
  /** The expression as written. */
  readonly text: string
  readonly start: number
  readonly tokens: readonly Token[]
}

export interface Comment {
  readonly text: string
  readonly start: number
}

export interface Scanned {
  readonly tokens: readonly Token[]
  readonly comments: readonly Comment[]
}

const WORD = /[\p{ID_Start}$_#@][\p{ID_Continue}$\u200c\u200d]*/uy
const NUMBER = /\d[\w.]*/y
const PUNCT = /\.\.\.|=>|\?\.|\?\?|&&|\|\||[<>=!]==?|[^\s\w]/uy
/** After these words an expression begins, so that a slash begins a regular expression. */
const BEFORE_EXPRESSION = new Set(['return', 'typeof', 'case', 'in', 'of', 'do', 'else', 'void', 'delete', 'await'])

export function scanSource(source: string): Scanned {
  const comments: Comment[] = []
  const {tokens} = scanUntil(source, 0, {comments, closing: false})
  return {tokens, comments}
}

interface Scan {
  readonly comments: Comment[]
  /** Ends at the brace that closes a template's value. */
  readonly closing: boolean
}

function scanUntil(source: string, from: number, scan: Scan): {readonly tokens: Token[]; readonly end: number} {
  const tokens: Token[] = []
  let depth = 0
  for (let at = from; at < source.length; ) {
    const character = source[at] ?? ''
    if (/\s/.test(character)) {
      at += 1
      continue
    }
    const comment = commentAt(source, at)
    if (comment) {
      scan.comments.push(comment)
      at += comment.text.length
      continue
    }
    if (character === '}' && depth === 0 && scan.closing) return {tokens, end: at}
    const token = tokenAt(source, at, {last: tokens.at(-1), scan})
    if (token.kind === 'punct') depth += token.text === '{' ? 1 : token.text === '}' ? -1 : 0
    tokens.push(token)
    at = token.end
  }
  return {tokens, end: source.length}
}

function tokenAt(
  source: string,
  at: number,
  {last, scan}: {readonly last: Token | undefined; readonly scan: Scan},
): Token {
  const character = source[at] ?? ''
  const make = (kind: Token['kind'], end: number): Token => ({kind, text: source.slice(at, end), start: at, end})
  if (character === "'" || character === '"') return make('string', stringEnd(source, at))
  if (character === '`') return templateAt(source, at, scan)
  if (character === '/' && expectsExpression(last)) return make('regex', regexEnd(source, at))
  const word = matchAt(WORD, source, at)
  if (word !== undefined) return make('word', at + word.length)
  const number = matchAt(NUMBER, source, at)
  if (number !== undefined) return make('number', at + number.length)
  return make('punct', at + (matchAt(PUNCT, source, at)?.length ?? 1))
}

function matchAt(pattern: RegExp, source: string, at: number): string | undefined {
  pattern.lastIndex = at
  return pattern.exec(source)?.[0]
}

function commentAt(source: string, at: number): Comment | undefined {
  const opening = source.slice(at, at + 2)
  if (opening !== '//' && opening !== '/*') return undefined
  const found = opening === '//' ? source.indexOf('\n', at) : source.indexOf('*/', at + 2)
  const end = found === -1 ? source.length : opening === '//' ? found : found + 2
  return {text: source.slice(at, end), start: at}
}

/** A slash after a value divides; anywhere else it begins a regular expression. */
function expectsExpression(last: Token | undefined): boolean {
  if (last === undefined) return true
  if (last.kind === 'punct') return last.text !== ')' && last.text !== ']'
  return last.kind === 'word' && BEFORE_EXPRESSION.has(last.text)
}

function stringEnd(source: string, at: number): number {
  for (let next = at + 1; next < source.length; next += 1) {
    if (source[next] === '\\') next += 1
    else if (source[next] === source[at] || source[next] === '\n') return next + 1
  }
  return source.length
}

function regexEnd(source: string, at: number): number {
  let inClass = false
  for (let next = at + 1; next < source.length; next += 1) {
    const character = source[next]
    if (character === '\\') next += 1
    else if (character === '[') inClass = true
    else if (character === ']') inClass = false
    else if (character === '\n') return next
    else if (character === '/' && !inClass) return next + 1 + (matchAt(/[a-z]*/y, source, next + 1)?.length ?? 0)
  }
  return source.length
}

function templateAt(source: string, start: number, scan: Scan): Token {
  const pieces: string[] = []
  const values: TemplateValue[] = []
  let from = start + 1
  for (let at = from; at < source.length; ) {
    const character = source[at]
    if (character === '\\') at += 2
    else if (character === '`') {
      pieces.push(source.slice(from, at))
      return {kind: 'template', text: source.slice(start, at + 1), start, end: at + 1, pieces, values}
    } else if (character === '$' && source[at + 1] === '{') {
      pieces.push(source.slice(from, at))
      const {tokens, end} = scanUntil(source, at + 2, {...scan, closing: true})
      values.push({text: source.slice(at + 2, end), start: at, tokens})
      at = end + 1
      from = at
    } else at += 1
  }
  return {kind: 'template', text: source.slice(start), start, end: source.length, pieces: [...pieces, ''], values}
}

/** All tokens, those inside templates too. */
export function* everyToken(tokens: readonly Token[]): Iterable<{readonly token: Token; readonly before: Token[]}> {
  const before: Token[] = []
  for (const token of tokens) {
    yield {token, before}
    for (const value of token.values ?? []) yield* everyToken(value.tokens)
    before.push(token)
  }
}

/** Line and column of an offset, both from 1. */
export function placeOf(source: string, offset: number): {readonly line: number; readonly column: number} {
  const before = source.slice(0, offset)
  return {line: before.split('\n').length, column: offset - before.lastIndexOf('\n')}
}
