import {graphemesOf, graphemeWidth} from './graphemes.ts'

/**
 * Text as cells of a terminal. Terminals disagree about joined emoji, variation selectors, skin tones and flags, so
 * `tame` rewrites those to what all of them draw alike; after that `widthOf` is the truth for every one of them.
 */

/** Characters that are surely one cell wide: ASCII, Latin, typography, arrows, frames, blocks, braille, our glyphs. */
const NARROW = /^[ -~\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2027\u2190-\u21ff\u2500-\u25fc\u2713-\u2718\u2800-\u28ff]*$/

const TROUBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Emoji_Modifier}\p{Regional_Indicator}\ufe00-\ufe0f\u{e0000}-\u{e0fff}]/gu
const FLAG_A = 0x1f1e6

/**
 * Whether every character of the text is one cell wide; called for every span of every frame. A frame is drawn a few
 * times a second, too seldom for a loop to be compiled: an expression is at once.
 */
const isNarrow = (text: string): boolean => NARROW.test(text)

/** Text that every terminal measures alike: no control or format characters, no joined or modified emoji. */
export function tame(text: string): string {
  if (isNarrow(text)) return text
  return text.replace(TROUBLE, character => {
    const code = character.codePointAt(0) ?? 0
    if (code >= FLAG_A && code < FLAG_A + 26) return String.fromCodePoint(65 + code - FLAG_A)
    return code < 0x20 || (code >= 0x7f && code < 0xa0) ? ' ' : ''
  })
}

/** Terminal columns of tamed text: the sum over its graphemes, so that parts always add up to the whole. */
export function widthOf(text: string): number {
  if (isNarrow(text)) return text.length
  let width = 0
  for (const {segment} of graphemesOf(text)) width += graphemeWidth(segment)
  return width
}

/** Tells each grapheme of the text with its width, from left to right. */
export function eachGrapheme(text: string, visit: (grapheme: string, width: number) => void): void {
  if (isNarrow(text)) {
    for (let index = 0; index < text.length; index++) visit(text[index] ?? '', 1)
    return
  }
  for (const {segment} of graphemesOf(text)) visit(segment, graphemeWidth(segment))
}

/** Letters, digits and signs outside of ASCII, and the wide ones of East Asia: every terminal gives them the same width. */
const CERTAIN = /^[\p{L}\p{N}\p{P}]$/u

/** Whether all terminals move their cursor alike for this grapheme. Emoji and letters with marks they do not. */
export function isCertain(grapheme: string): boolean {
  if (grapheme.length > 1) return false
  return isNarrow(grapheme) || CERTAIN.test(grapheme)
}

/** The first part of the text that fits into `width` columns, with `…` when something was cut off. */
export function truncate(text: string, width: number): string {
  if (widthOf(text) <= width) return text
  if (width <= 0) return ''
  return `${cut(text, width - 1)}…`
}

/** The text with `…` in its middle when it is too long: names differ at their ends. */
export function truncateMiddle(text: string, width: number): string {
  if (widthOf(text) <= width) return text
  if (width < 5) return truncate(text, width)
  const head = Math.ceil((width - 1) / 2)
  let tail = ''
  for (const {segment} of [...graphemesOf(text)].toReversed()) {
    if (widthOf(segment + tail) > width - 1 - head) break
    tail = segment + tail
  }
  return `${cut(text, head)}…${tail}`
}

/** The first part of the text that fits into `width` columns. */
export function cut(text: string, width: number): string {
  if (isNarrow(text)) return text.slice(0, Math.max(0, width))
  let used = 0
  let end = 0
  for (const {segment} of graphemesOf(text)) {
    used += graphemeWidth(segment)
    if (used > width) break
    end += segment.length
  }
  return text.slice(0, end)
}

/** What a person takes for the first character. */
export function firstGrapheme(text: string): string {
  const [first] = graphemesOf(text)
  return first?.segment ?? ''
}

/** Lines of at most `width` columns, broken at spaces where possible; at most `limit` lines. */
export function wrap(text: string, width: number, limit = 100): string[] {
  if (width <= 0) return []
  const lines: string[] = []
  let line = ''
  for (const word of tame(text).split(/\s+/)) {
    let rest = word
    if (line !== '' && widthOf(line) + 1 + widthOf(rest) <= width) {
      line = `${line} ${rest}`
      continue
    }
    if (line !== '') lines.push(line)
    while (widthOf(rest) > width) {
      const head = cut(rest, width) || rest.slice(0, 1)
      lines.push(head)
      rest = rest.slice(head.length)
    }
    line = rest
  }
  if (line !== '') lines.push(line)
  if (lines.length <= limit) return lines
  const kept = lines.slice(0, limit)
  kept[limit - 1] = truncate(`${kept[limit - 1] ?? ''} …`, width)
  return kept
}
