/**
 * Text from outside, made safe to draw: once, on the way in. Control characters become visible (`^[`), so nothing that
 * a server, a command or a file says can move the cursor, set the clipboard, or reorder what is read. Complete colour
 * sequences (SGR) are dropped: they carry no words. Raw bytes stay where they came from.
 */
const SGR = /\u001b\[[0-9;:]*m/g
const ESCAPE = '\u001b'
/**
 * C0, DEL, C1, bidi controls, line separators, invisible format characters, letters that are drawn as nothing (Hangul and
 * Khmer fillers, the blank of Braille, U+034F), tags, interlinear marks, surrogates.
 */
const UNSAFE =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u200b\u200c\u200e\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ufeff\uffa0\ufff9-\ufffb\ud800-\udfff]|[\u034f\u17b4\u17b5\u180b-\u180f]|\udb40[\udc00-\udfff]/gu
/** The joiner is seen only between pictures, which it makes one. */
const JOINER =
  /(?<!\p{Extended_Pictographic}(?:\ufe0f|[\u{1f3fb}-\u{1f3ff}])?)\u200d|\u200d(?!\p{Extended_Pictographic})/gu
/** Whatever else Unicode says is drawn as nothing, what is no character, and what changes a picture where there is none. */
const NOTHING =
  /(?!\u200d|\ufe0e|\ufe0f)[\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\u{13430}-\u{1343f}]|(?<![\p{Extended_Pictographic}\d#*])(?:\ufe0e|\ufe0f)/gu
/** More marks than any script needs on one letter hide text under a smear. */
const MARKS = /(\p{M}{4})\p{M}+/gu

/** Most text is this; it is shown as it is. */
const HARMLESS = /^[\u0020-\u007e]*$/

function visible(character: string): string {
  const code = character.codePointAt(0) ?? 0
  if (code < 0x20) return `^${String.fromCharCode(code + 64)}`
  if (code === 0x7f) return '^?'
  if (code < 0xa0) return `<${code.toString(16)}>`
  if (code >= 0xd800 && code <= 0xdfff) return '\ufffd'
  return `<U+${code.toString(16).toUpperCase().padStart(4, '0')}>`
}

/** One line: newlines become visible too. At most `max` characters, cut with an ellipsis. */
export function escapeLine(text: string, max = 1000): string {
  if (text.length <= max && HARMLESS.test(text)) return text
  const bounded = text.length > max * 4 ? text.slice(0, max * 4) : text
  const safe = dropColour(bounded)
    .replaceAll('\t', '  ')
    .replace(UNSAFE, visible)
    .replace(NOTHING, visible)
    .replace(JOINER, visible)
    .replace(MARKS, '$1')
  return safe.length > max ? `${cut(safe, max - 1)}…` : safe
}

/** Several lines: `\n` and `\r\n` stay line ends, everything else as in `escapeLine`. */
export function escapeText(text: string, max = 100_000): string {
  const lines = (text.length > max ? text.slice(0, max) : text).replaceAll('\r\n', '\n').split('\n')
  return lines.map(line => escapeLine(line, 16_384)).join('\n')
}

/** Text of several lines where there is room for one: line ends are shown, so that nothing begins a row of its own. */
export const oneLine = (text: string): string =>
  /[\n\r]/.test(text) ? escapeText(text.trimEnd()).replaceAll(/\s*\n\s*/g, ' ↵ ') : text

/** Never cuts a surrogate pair in two. */
function cut(text: string, length: number): string {
  const last = text.charCodeAt(length - 1)
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? length - 1 : length)
}

/** Colour sequences out, for looking at text before it is escaped. */
export function dropColour(text: string): string {
  const once = text.replace(SGR, '')
  return once.search(SGR) < 0 ? once : dropNested(once)
}

/** A sequence inside a sequence leaves a whole one behind. Each is found by its end: a thousand of them are one pass. */
function dropNested(text: string): string {
  const plain: string[] = []
  for (const character of text) {
    const begin = character === 'm' ? beginOfSequence(plain) : -1
    if (begin < 0) plain.push(character)
    else plain.length = begin
  }
  return plain.join('')
}

/** Where the colour sequence begins that needs only its last letter; -1: there is none. */
function beginOfSequence(characters: readonly string[]): number {
  let at = characters.length - 1
  while (/^[0-9;:]$/.test(characters[at] ?? '')) at -= 1
  return characters[at] === '[' && characters[at - 1] === ESCAPE ? at - 1 : -1
}
