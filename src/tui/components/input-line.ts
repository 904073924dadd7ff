import type {Line} from '../layout/line.ts'
import {fitLine, span} from '../layout/line.ts'
import {cut, firstGrapheme, widthOf} from '../layout/text.ts'
import type {Typed} from '../state/typing.ts'

/** A field to type into; the cursor is an inverse cell. Where the text is too long, the part around the cursor shows. */
export function inputLine(
  field: Typed,
  width: number,
  options: {readonly focused: boolean; readonly empty?: string},
): Line {
  if (field.text === '') {
    const empty = span(options.empty ?? '', 'dim')
    return fitLine(options.focused ? [span(' ', 'selected'), empty] : [empty], width)
  }
  if (!options.focused) return fitLine([span(field.text, 'bold')], width)
  return fitLine(typedLine(around(field, width - 2)), width)
}

/** The text with its cursor, as wide as it is. */
export function typedLine({text, cursor}: Typed): Line {
  const under = firstGrapheme(text.slice(cursor)) || ' '
  return [span(text.slice(0, cursor), 'bold'), span(under, 'selected'), span(text.slice(cursor + under.length), 'bold')]
}

/** The part of the text that fits and has the cursor in it. */
function around({text, cursor}: Typed, width: number): Typed {
  if (widthOf(text) <= width) return {text, cursor}
  let from = 0
  while (from < cursor && widthOf(text.slice(from, cursor)) > width - 2) from += 1
  const shown = cut(text.slice(from), width - 1)
  const lead = from > 0 ? '…' : ''
  return {text: `${lead}${shown}`, cursor: Math.min(cursor - from, shown.length) + lead.length}
}
