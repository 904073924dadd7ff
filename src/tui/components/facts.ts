import type {Line, Span} from '../layout/line.ts'
import {beside, blank, fitLine, line, SPOKEN, span} from '../layout/line.ts'
import {wrap} from '../layout/text.ts'
import {wrapLine} from '../layout/wrap-line.ts'

/** A name and what is known about it; undefined values are left out. */
export type Fact = readonly [name: string, value: string | Line | undefined]

/** Lines of one value: of a text without an end the rest is left to whoever opens it. */
const MOST = 6

/** Names in a dim column, values beside them; long text is wrapped under its own column. */
export function facts(list: readonly Fact[], width: number): readonly Line[] {
  const known = list.filter((fact): fact is readonly [string, string | Line] => fact[1] !== undefined && fact[1] !== '')
  if (width === SPOKEN)
    return known.map(([name, value]) => [
      span(name === '' ? '' : `${name}: `),
      ...(typeof value === 'string' ? [span(value)] : value),
    ])
  const column = Math.min(width < 48 ? 18 : 24, Math.max(0, ...known.map(([name]) => name.length)) + 2)
  return known.flatMap(([name, value]) => {
    const label = (text: string): Span[] => [...fitLine([span(text, 'dim')], column)]
    const room = Math.max(8, width - column)
    const lines =
      typeof value === 'string' ? wrap(value, room, MOST).map(text => [span(text)]) : wrapLine(value, room, MOST)
    return lines.map((spans, index) => [...label(index === 0 ? name : ''), ...spans])
  })
}

/** A heading over a part of the details. */
export const heading = (text: string, note = ''): Line => [
  span(text, 'bold'),
  span(note === '' ? '' : `  ${note}`, 'dim'),
]

/** From this width on, two parts of details stand side by side. */
export const SIDE_BY_SIDE = 96

/** Two parts of details side by side when there is room, else one under the other. */
export function twoParts(left: readonly Line[], right: readonly Line[], width: number, split = 0.5): readonly Line[] {
  if (right.length === 0) return left
  if (width < SIDE_BY_SIDE || width === SPOKEN) return [...left, blank, ...right]
  const first = Math.floor((width - 4) * split)
  return beside(
    [
      {block: left, width: first},
      {block: right, width: width - 4 - first},
    ],
    4,
  )
}

/** Text wrapped into lines of one tone. */
export const paragraph = (text: string, width: number, tone: Span['tone'] = 'plain'): readonly Line[] =>
  wrap(text, width).map(part => line(part, tone))
