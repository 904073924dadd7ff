import {HereDocuments} from './here-documents.ts'
import {everyToken, type Token, type TemplateValue} from './scan-source.ts'

/** What is wrong with a value inside a command, at its offset in the source. */
export interface ValueProblem {
  readonly code: 'quoted-value' | 'here-document' | 'read-again' | 'leading-dash'
  readonly offset: number
  readonly value: string
  /** The command's name, when it is known. */
  readonly command: string
}

/** The templates that are commands: tagged with `$`, with `$({…})`, or with a name that was given to one of them. */
export function commandTemplates(tokens: readonly Token[]): readonly Token[] {
  const names = shellNames(tokens)
  const found: Token[] = []
  for (const {token, before} of everyToken(tokens))
    if (token.kind === 'template' && isTagged(before, names)) found.push(token)
  return found
}

/** `const reads = $({reads: true})`, `const sh = context.$`, `({$: sh}) =>`. */
export function shellNames(tokens: readonly Token[]): ReadonlySet<string> {
  const names = new Set(['$'])
  for (const {token, before} of everyToken(tokens)) {
    if (token.text !== '$') {
      const [key, colon] = before.slice(-2)
      if (token.kind === 'word' && colon?.text === ':' && key?.text === '$') names.add(token.text)
      continue
    }
    const words = before.slice(-4).map(each => each.text)
    const given = words.at(-1) === '=' ? words.at(-2) : words.at(-1) === '.' && words.at(-3) === '=' ? words.at(-4) : ''
    if (given) names.add(given)
  }
  return names
}

export function isTagged(before: readonly Token[], names: ReadonlySet<string>): boolean {
  const last = before.at(-1)
  if (last?.kind === 'word') return names.has(last.text)
  if (last?.text !== ')') return false
  let depth = 0
  for (let index = before.length - 1; index >= 0; index -= 1) {
    const text = before[index]?.text
    if (text === ')') depth += 1
    if (text === '(') depth -= 1
    if (depth === 0) return names.has(before[index - 1]?.text ?? '')
  }
  return false
}

/** In these a value is text, a number or a variable: a leading dash does no harm, or `--` would be wrong. */
const TAKES_TEXT = new Set(['echo', 'test', '[', '[[', 'exit', 'return', 'sleep', 'export', 'kill', 'set', ':', 'true'])
const WRAPPERS = new Set([
  'sudo',
  'exec',
  'command',
  'nohup',
  'time',
  '!',
  'if',
  'while',
  'until',
  'then',
  'else',
  'do',
])

interface Shell {
  /** Innermost last: '' outside of quotes, else the quote. A substitution begins a new, unquoted one. */
  quotes: string[]
  /** Words of the simple command so far; a value stands as `\0`. */
  words: string[]
  word: string | undefined
}

/** Walks over one command as bash would, and says which values stand where they should not. */
export function commandProblems(template: Token): readonly ValueProblem[] {
  const shell: Shell = {quotes: [''], words: [], word: undefined}
  const problems: ValueProblem[] = []
  const documents = new HereDocuments()
  for (const [index, piece] of (template.pieces ?? []).entries()) {
    readPiece(shell, documents.outside(cook(piece)))
    const value = template.values?.[index]
    if (!value) continue
    const found = documents.inside ? 'here-document' : valueProblem(shell, value)
    if (found) problems.push({code: found, offset: value.start, value: value.text, command: commandName(shell)})
    shell.word = `${shell.word ?? ''}\0`
  }
  return problems
}

/** The text as bash gets it. */
const cook = (piece: string): string =>
  piece.replaceAll(/\\([^])/g, (_whole, letter: string) => ({n: '\n', t: '\t', r: '\r'})[letter] ?? letter)

function readPiece(shell: Shell, text: string): void {
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] ?? ''
    const quote = shell.quotes.at(-1)
    if (quote === "'") {
      if (character === "'") shell.quotes[shell.quotes.length - 1] = ''
    } else if (character === '\\') {
      shell.word = `${shell.word ?? ''}${text[at + 1] ?? ''}`
      at += 1
    } else if (character === '$' && text[at + 1] === '(') {
      shell.quotes.push('')
      endCommand(shell)
      at += 1
    } else if (character === ')' && quote === '' && shell.quotes.length > 1) {
      shell.quotes.pop()
      endCommand(shell)
      // What was substituted is part of a word whose command is no longer known.
      shell.words = ['?', '--']
    } else if (character === '"') {
      shell.quotes[shell.quotes.length - 1] = quote === '"' ? '' : '"'
      shell.word ??= ''
    } else if (quote === '"') {
      shell.word = `${shell.word ?? ''}${character}`
    } else readUnquoted(shell, character)
  }
}

function readUnquoted(shell: Shell, character: string): void {
  if (character === "'") {
    shell.quotes[shell.quotes.length - 1] = "'"
    shell.word ??= ''
  } else if (/[|&;\n()]/.test(character)) endCommand(shell)
  else if (/\s/.test(character)) endWord(shell)
  else if (/[<>]/.test(character)) {
    endWord(shell)
    shell.word = character
    endWord(shell)
  } else shell.word = `${shell.word ?? ''}${character}`
}

function endWord(shell: Shell): void {
  if (shell.word !== undefined) shell.words.push(shell.word)
  shell.word = undefined
}

function endCommand(shell: Shell): void {
  shell.words = []
  shell.word = undefined
}

/** The words from the command's name on: `sudo -u x` and `A=1` before it are no part of it. */
function commandWords({words}: Shell): readonly string[] {
  const first = words.findIndex((word, index) => {
    const before = words.slice(0, index)
    const option = before.length > 0 && (word.startsWith('-') || /^-[ug]$/.test(before.at(-1) ?? ''))
    return !option && !WRAPPERS.has(word) && !/^\w+=/.test(word)
  })
  return first === -1 ? [] : words.slice(first)
}

const commandName = (shell: Shell): string => commandWords(shell)[0]?.replaceAll('\0', '…') ?? ''

function valueProblem(shell: Shell, value: TemplateValue): ValueProblem['code'] | undefined {
  if (shell.quotes.at(-1) !== '') return 'quoted-value'
  if (shell.word !== undefined) return undefined
  const words = commandWords(shell)
  const [name] = words
  const last = words.at(-1) ?? ''
  if (isReadAgain(words) && !isWrittenOut(value.tokens)) return 'read-again'
  const harmless =
    name === undefined ||
    TAKES_TEXT.has(name) ||
    (name === 'printf' && words.length > 1) ||
    words.includes('--') ||
    (SHELL.test(name) && words.some(word => SCRIPT.test(word))) ||
    (words.length > 1 && /^-./.test(last) && !last.includes('=')) ||
    /^[<>]/.test(last) ||
    beginsWithoutDash(value.tokens)
  return harmless ? undefined : 'leading-dash'
}

const SHELL = /^(ba|da|k|z|a)?sh$/
const SCRIPT = /^-\w*c$/

/** Programs that make a command line of what they are given: quoting for bash does not hold in there. */
function isReadAgain(words: readonly string[]): boolean {
  const [name = '', ...rest] = words
  const last = rest.at(-1) ?? ''
  if (name === 'eval') return true
  if (SHELL.test(name)) return SCRIPT.test(last)
  if (name === 'su' || name === 'runuser') return last === '-c' || last === '--command'
  // The words after the host are joined and read by its shell. Options and their values come before the host.
  return (
    name === 'ssh' && rest.some((word, index) => !word.startsWith('-') && !/^-[A-Za-z]$/.test(rest[index - 1] ?? ''))
  )
}

/** Text of the author, with nothing from outside in it. */
const isWrittenOut = ([first, second]: readonly Token[]): boolean =>
  second === undefined && (first?.kind === 'string' || (first?.kind === 'template' && first.values?.length === 0))

/** A number, or text that is written out and begins with something else. */
function beginsWithoutDash([first, second]: readonly Token[]): boolean {
  if (!first || (second && first.kind !== 'template')) return false
  if (first.kind === 'number') return true
  if (first.kind === 'string') return first.text[1] !== '-'
  return first.kind === 'template' && (first.pieces?.[0] ?? '') !== '' && !first.pieces?.[0]?.startsWith('-')
}
