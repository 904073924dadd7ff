import type {Block, Line, Tone} from '../layout/line.ts'
import {fitBlock, fitLine, lineWidth, SPOKEN, span} from '../layout/line.ts'
import {truncate, widthOf} from '../layout/text.ts'

export interface PaneOptions {
  readonly title: string
  /** Key that opens it, before the title. */
  readonly key?: string
  /** Right end of the upper border: a count, an age. */
  readonly note?: Line
  readonly width: number
  readonly height: number
  readonly focused?: boolean
  /** Tone of the border where it is neither focused nor calm. */
  readonly border?: Tone
  readonly heavy?: boolean
}

/** What a pane of this size has for its content. */
export const inside = ({width, height}: {readonly width: number; readonly height: number}) => ({
  width: width - 4,
  height: height - 2,
})

/** Content inside a calm frame with its title in the upper border. The content gets `width - 4` columns. */
export function pane(lines: readonly Line[], options: PaneOptions): Block {
  const {width, height} = options
  if (width === SPOKEN) return [[span(options.title), span('  '), ...(options.note ?? [])], ...lines]
  if (height < 3 || width < 8) return fitBlock(lines, width, height)
  const border: Tone = options.border ?? (options.focused ? 'accent' : 'dim')
  const set = options.heavy ? '╔═╗║╚╝' : '╭─╮│╰╯'
  const side = span(set[3] ?? '', border)
  const body = fitBlock(lines, width - 4, height - 2).map(content => [side, span(' '), ...content, span(' '), side])
  return [
    titleLine(options, border, set),
    ...body,
    [span(`${set[4]}${(set[1] ?? '').repeat(width - 2)}${set[5]}`, border)],
  ]
}

function titleLine(options: PaneOptions, border: Tone, set: string): Line {
  const bar = set[1] ?? ''
  const note = options.note && lineWidth(options.note) > 0 ? [span(' '), ...options.note, span(' ')] : []
  const key = options.key ? [span(`${options.key} `, options.focused ? 'accent bold' : 'dim')] : []
  const room = options.width - 6 - lineWidth(key)
  const title = truncate(options.title, Math.max(0, room))
  const head = [
    span(`${set[0]}${bar} `, border),
    ...key,
    span(title, options.focused ? 'accent bold' : 'bold'),
    span(' '),
  ]
  const used = lineWidth(head) + 2
  const noteWidth = lineWidth(note)
  const fits = used + noteWidth <= options.width
  const fill = Math.max(0, options.width - used - (fits ? noteWidth : 0))
  return fitLine(
    [...head, span(bar.repeat(fill), border), ...(fits ? note : []), span(`${bar}${set[2]}`, border)],
    Math.max(options.width, widthOf(set)),
  )
}
