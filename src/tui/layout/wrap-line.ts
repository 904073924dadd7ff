import {fitLine, type Line, lineWidth, sliceLine, SPOKEN, span} from './line.ts'
import {eachGrapheme} from './text.ts'

/** The line as lines of at most `width` columns, broken at spaces where possible; the last of `limit` is cut. */
export function wrapLine(whole: Line, width: number, limit = 4): readonly Line[] {
  if (width === SPOKEN || width <= 0 || lineWidth(whole) <= width) return [whole]
  // Of a line without an end no more is looked at than is shown.
  const spans = sliceLine(whole, 0, width * limit + 1)
  const all = lineWidth(spans)
  const goesOn = lineWidth(whole) > all
  const {starts, spaces} = columnsOf(spans)
  const lines: Line[] = []
  let from = 0
  while (all - from > width && lines.length < limit - 1) {
    const space = spaces.findLast(x => x > from && x <= from + width)
    const to = space ?? starts.findLast(x => x > from && x <= from + width) ?? from + width
    lines.push(sliceLine(spans, from, to))
    from = starts.find(x => x >= to && !spaces.includes(x)) ?? all
  }
  if (from >= all) return lines
  const rest = sliceLine(spans, from, all)
  const cut = goesOn ? [...rest, span('…', rest.at(-1)?.tone)] : rest
  return [...lines, lineWidth(cut) > width ? fitLine(cut, width) : cut]
}

/** Where its characters begin, and which of them are spaces. */
function columnsOf(spans: Line): {readonly starts: readonly number[]; readonly spaces: readonly number[]} {
  const starts: number[] = []
  const spaces: number[] = []
  let column = 0
  for (const {text} of spans)
    eachGrapheme(text, (grapheme, width) => {
      if (grapheme === ' ') spaces.push(column)
      if (width > 0) starts.push(column)
      column += width
    })
  return {starts, spaces}
}
