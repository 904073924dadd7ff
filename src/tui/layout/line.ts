import {cut, tame, truncate, widthOf} from './text.ts'

/**
 * A screen is a list of lines, a line a list of spans. Screens are made by pure functions and are exactly as wide and
 * as high as they were asked to be, so a frame can never be taller than the terminal.
 */

/** What a piece of text means; the theme decides how that looks. */
export type Tone =
  | 'plain'
  | 'dim'
  | 'bold'
  | 'accent'
  | 'accent bold'
  | 'ok'
  | 'warn'
  | 'warn bold'
  | 'bad'
  | 'bad bold'
  | 'unknown'
  | 'selected'
  | 'selected bad'
  | 'selected warn'
  | 'selected unknown'
  | 'badge'
  | 'badge protected'
  | 'badge warn'
  | 'field'

export interface Span {
  readonly text: string
  readonly tone: Tone
}
export type Line = readonly Span[]
/** Lines of one width. */
export type Block = readonly Line[]

/** One span. All text of the screens comes through here, so nothing untamed reaches the terminal. */
export const span = (text: string, tone: Tone = 'plain'): Span => ({text: tame(text), tone})
/** A line of one span. */
export const line = (text: string, tone: Tone = 'plain'): Line => [span(text, tone)]
export const blank: Line = []

/** Columns of what is spoken, not drawn: nothing is wrapped, cut or filled up, and nothing stands side by side. */
export const SPOKEN = Number.POSITIVE_INFINITY

export function lineWidth(spans: Line): number {
  let width = 0
  for (const each of spans) width += widthOf(each.text)
  return width
}

/** The line at exactly `width` columns: cut with `…` or filled with spaces; as it is when it is spoken. */
export function fitLine(spans: Line, width: number, align: 'left' | 'right' | 'center' = 'left'): Line {
  if (width === SPOKEN) return spans
  const own = lineWidth(spans)
  if (own === width) return spans
  if (own > width) return cutLine(spans, width)
  const space = width - own
  const before = align === 'left' ? 0 : align === 'right' ? space : Math.floor(space / 2)
  const fill = (count: number): Span[] => (count > 0 ? [{text: ' '.repeat(count), tone: 'plain'}] : [])
  return [...fill(before), ...spans, ...fill(space - before)]
}

function cutLine(spans: Line, width: number): Line {
  const kept: Span[] = []
  let left = width
  for (const [index, each] of spans.entries()) {
    const own = widthOf(each.text)
    const more = index < spans.length - 1 && lineWidth(spans.slice(index + 1)) > 0
    if (own < left || (own === left && !more)) {
      kept.push(each)
      left -= own
      continue
    }
    if (left > 0)
      kept.push({text: own === left ? `${cut(each.text, left - 1)}…` : truncate(each.text, left), tone: each.tone})
    break
  }
  const missing = width - lineWidth(kept)
  return missing > 0 ? [...kept, {text: ' '.repeat(missing), tone: 'plain'}] : kept
}

/** Exactly `height` lines of exactly `width` columns. What does not fit is left out. */
export function fitBlock(lines: readonly Line[], width: number, height: number): Block {
  if (width === SPOKEN) return lines
  const block: Line[] = []
  for (let y = 0; y < height; y++) block.push(fitLine(lines[y] ?? blank, width))
  return block
}

/** Panes side by side, each exactly as wide as it says; the highest decides the height. */
export function panesBeside(parts: readonly {readonly block: Block; readonly width: number}[]): Block {
  const height = Math.max(0, ...parts.map(part => part.block.length))
  return Array.from({length: height}, (_, y) =>
    parts.flatMap(({block, width}) => block[y] ?? [{text: ' '.repeat(width), tone: 'plain'}]),
  )
}

/** Blocks side by side, each with its width; the highest decides the height. */
export function beside(parts: readonly {readonly block: Block; readonly width: number}[], gap = 0): Block {
  const height = Math.max(0, ...parts.map(part => part.block.length))
  const space: Line = gap > 0 ? line(' '.repeat(gap)) : blank
  return Array.from({length: height}, (_, y) =>
    parts.flatMap((part, index) => [...(index > 0 ? space : blank), ...fitLine(part.block[y] ?? blank, part.width)]),
  )
}

/** The line as it looks when it is selected: inverse, and the first thing that wants attention, its state, in its colour. */
export function selected(spans: Line): Line {
  const first = spans.findIndex(each => SELECTED[each.tone] !== undefined)
  const after = spans.findIndex((each, at) => at > first && SELECTED[each.tone] === undefined)
  const end = after === -1 ? spans.length : after
  return spans.map(({text, tone}, at) => ({
    text,
    tone: (at >= first && at < end ? SELECTED[tone] : undefined) ?? 'selected',
  }))
}

const SELECTED: Readonly<Partial<Record<Tone, Tone>>> = {
  bad: 'selected bad',
  'bad bold': 'selected bad',
  warn: 'selected warn',
  'warn bold': 'selected warn',
  unknown: 'selected unknown',
}

/** The line in one tone; used for stale rows and for what is below a dialog. */
export const toned = (spans: Line, tone: Tone): Line => spans.map(each => ({text: each.text, tone}))

/** Left text, right text, and space between; the left part gives way. */
export function spread(left: Line, right: Line, width: number): Line {
  const own = lineWidth(right)
  if (own >= width) return fitLine(right, width)
  // One space always stays between the two.
  return own === 0 ? fitLine(left, width) : [...fitLine(left, width - own - 1), span(' '), ...right]
}

/** The block laid over another one, its left top corner at (x, y). */
export function overlay(below: Block, above: Block, place: {readonly x: number; readonly y: number}): Block {
  return below.map((under, y) => {
    const over = above[y - place.y]
    if (!over) return under
    const width = lineWidth(over)
    return [...sliceLine(under, 0, place.x), ...over, ...sliceLine(under, place.x + width, lineWidth(under))]
  })
}

/** Columns `from` to `to` of a line; a wide character that is cut in half becomes a space. */
export function sliceLine(spans: Line, from: number, to: number): Line {
  const kept: Span[] = []
  let column = 0
  for (const each of spans) {
    const width = widthOf(each.text)
    const start = Math.max(from - column, 0)
    const end = Math.min(to - column, width)
    if (end > start) kept.push({text: columnsOf(each.text, start, end), tone: each.tone})
    column += width
  }
  return kept
}

function columnsOf(text: string, start: number, end: number): string {
  const before = cut(text, start)
  const lead = start - widthOf(before)
  const rest = text.slice((lead > 0 ? cut(text, start + 1) : before).length)
  const gap = lead > 0 ? ' ' : ''
  const body = cut(rest, end - start - gap.length)
  return gap + body + ' '.repeat(Math.max(0, end - start - gap.length - widthOf(body)))
}
