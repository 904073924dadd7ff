/**
 * Text with its escapes undone, and where each of its characters came from: a secret that a tool has escaped in a way of its
 * own (letters in numbers, upper and lower case mixed, twice) is found there and taken out of the text as it is.
 */
export interface Decoded {
  readonly text: string
  /** Of each character, and of the end, where it begins in the text before. */
  readonly from: Uint32Array
}

interface Escape {
  readonly pattern: RegExp
  /** The characters it stands for, with the length of each as it was written. Undefined: it means nothing. */
  readonly read: (match: RegExpMatchArray) => readonly (readonly [text: string, length: number])[] | undefined
}

const NAMED: Readonly<Record<string, string>> = {amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0'}
const BACKSLASH: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  b: '\b',
  f: '\f',
  v: '\v',
  e: '\u001b',
  a: '\u0007',
}

const character = (code: number, length: number): readonly (readonly [string, number])[] | undefined =>
  code <= 0x10ffff ? [[String.fromCodePoint(code), length]] : undefined

/** Bytes as characters, with how many bytes each is. One that is no UTF-8 stands for itself, and moves nothing after it. */
function characters(bytes: Uint8Array): readonly (readonly [string, number])[] {
  const read: (readonly [string, number])[] = []
  for (let at = 0; at < bytes.length; ) {
    const lead = bytes[at] as number
    const length = lead < 0xc2 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 1
    const text = lead < 0x80 ? String.fromCharCode(lead) : Buffer.from(bytes.subarray(at, at + length)).toString('utf8')
    const whole = !text.includes('\ufffd')
    read.push(whole ? [text, length] : ['\ufffd', 1])
    at += whole ? length : 1
  }
  return read
}

/** A run of bytes, each written in so many characters. */
const bytesRead = (bytes: Uint8Array, width: number): readonly (readonly [string, number])[] =>
  characters(bytes).map(([text, length]) => [text, length * width] as const)

const hexBytes = (run: string, mark: RegExp, width: number): readonly (readonly [string, number])[] =>
  bytesRead(Buffer.from(run.replaceAll(mark, ''), 'hex'), width)

/** A soft line end belongs to the byte before it. */
function softBytes(tokens: readonly string[]): readonly (readonly [string, number])[] {
  const bytes: number[] = []
  const widths: number[] = []
  let lead = 0
  for (const token of tokens)
    if (!token.endsWith('\n')) {
      bytes.push(Number.parseInt(token.slice(1), 16))
      widths.push(token.length)
    } else if (widths.length === 0) lead += token.length
    else widths[widths.length - 1] = (widths.at(-1) ?? 0) + token.length
  let at = 0
  const read = characters(Buffer.from(bytes)).map(([text, length]) => {
    const from = at
    at += length
    return [text, widths.slice(from, at).reduce((sum, width) => sum + width, 0)] as const
  })
  return [['', lead], ...read]
}

const ESCAPES: readonly Escape[] = [
  {pattern: /(?:%[0-9a-f]{2})+/gi, read: ([run]) => hexBytes(run, /%/g, 3)},
  {
    pattern:
      /\\(?:u([0-9a-f]{4})|u\{([0-9a-f]{1,6})\}|U([0-9a-f]{8})|((?:x[0-9a-f]{2})(?:\\x[0-9a-f]{2})*)|([0-3][0-7]{2}(?:\\[0-3][0-7]{2})*)|([^\n]))/gi,
    read: ([run, four, braced, eight, bytes, octal, single = '']) => {
      const number = four ?? braced ?? eight
      if (number !== undefined) return character(Number.parseInt(number, 16), run.length)
      if (bytes !== undefined) return hexBytes(bytes, /\\?x/gi, 4)
      if (octal !== undefined) return bytesRead(Buffer.from(octal.split('\\').map(each => Number.parseInt(each, 8))), 4)
      return [[BACKSLASH[single] ?? single, run.length]]
    },
  },
  {
    pattern: /&(?:#(\d{1,10})|#x([0-9a-f]{1,10})|(amp|lt|gt|quot|apos|nbsp));/gi,
    read: ([run, decimal, hex, name = '']) => {
      if (decimal !== undefined) return character(Number(decimal), run.length)
      if (hex !== undefined) return character(Number.parseInt(hex, 16), run.length)
      return [[NAMED[name.toLowerCase()] ?? '', run.length]]
    },
  },
  {
    // Quoted-printable, its soft line ends too.
    pattern: /(?:=[0-9a-f]{2}|=\r?\n)+/gi,
    read: ([run]) => softBytes(run.match(/=[0-9a-f]{2}|=\r?\n/gi) ?? []),
  },
]

/** Whether anything in it could be an escape: most text is not. */
export const mayBeEscaped = (text: string): boolean => /[%=][0-9a-f]{2}|\\.|&#?\w|=\r?\n/i.test(text)

/** What the text may mean: each sort of escape undone, and what was escaped twice, in the same way or in another one. */
export function* decodings(text: string): Generator<Decoded> {
  for (const outer of ESCAPES) {
    const once = undo(text, outer)
    if (once === undefined) continue
    yield once
    for (const inner of ESCAPES) {
      const twice = undo(once.text, inner)
      if (twice) yield {text: twice.text, from: twice.from.map(at => once.from[at] as number)}
    }
  }
}

function undo(text: string, {pattern, read}: Escape): Decoded | undefined {
  const parts: string[] = []
  // What an escape stands for is never longer than the escape.
  const from = new Uint32Array(text.length + 1)
  let units = 0
  let at = 0
  const copy = (until: number): void => {
    parts.push(text.slice(at, until))
    for (; at < until; at += 1) from[units++] = at
  }
  for (const match of text.matchAll(pattern)) {
    const meant = read(match)
    if (meant === undefined) continue
    copy(match.index)
    for (const [each, length] of meant) {
      parts.push(each)
      for (let unit = 0; unit < each.length; unit += 1) from[units++] = at
      at += length
    }
    at = match.index + match[0].length
  }
  // Nothing was undone.
  if (at === 0) return undefined
  copy(text.length)
  from[units++] = text.length
  return {text: parts.join(''), from: from.subarray(0, units)}
}
