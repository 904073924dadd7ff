import type {Block, Line, Tone} from '../layout/line.ts'
import {blank, lineWidth, overlay, span, toned} from '../layout/line.ts'
import {truncate} from '../layout/text.ts'
import {pane} from './pane.ts'

export interface DialogButton {
  readonly label: string
  /** Key that presses it from anywhere in the dialog. */
  readonly key?: string
  readonly disabled?: boolean
}

export interface DialogOptions {
  readonly title: string
  readonly note?: Line
  /** Scrolled when it does not fit. */
  readonly body: readonly Line[]
  readonly scroll?: number
  /** What is typed into: always visible. */
  readonly fields?: readonly Line[]
  readonly buttons?: readonly DialogButton[]
  /** Index of the button that Enter presses; undefined: the focus is elsewhere. */
  readonly focus?: number | undefined
  readonly tone: Tone
  readonly width: number
  readonly heavy?: boolean
}

/** A dialog laid over the middle of a screen. It never covers more than the screen has; the buttons always show. */
export function dialog(screen: Block, options: DialogOptions): Block {
  const screenWidth = lineWidth(screen[0] ?? blank)
  const width = Math.min(options.width, screenWidth)
  const {fields, buttons} = pinned(options, {height: screen.length - 2, width: width - 4})
  const room = Math.max(1, screen.length - 2 - buttons.length - fields.length)
  const lines = [...scrolledBody(options.body, room, options.scroll ?? 0), ...fields, ...buttons]
  const frame = pane(lines, {
    // The name of the environment is more important than the end of a long title.
    title: truncate(options.title, Math.max(12, width - 8 - lineWidth(options.note ?? blank))),
    ...(options.note ? {note: options.note} : {}),
    width,
    height: Math.min(screen.length, lines.length + 2),
    border: options.tone,
    heavy: options.heavy ?? false,
  })
  const x = Math.floor((screenWidth - width) / 2)
  const y = Math.max(0, Math.floor((screen.length - frame.length) / 2))
  return overlay(
    screen.map(under => toned(under, 'dim')),
    frame,
    {x, y},
  )
}

/** What is always visible. Where there is little room the empty lines go first, then the last fields, never the first. */
function pinned(
  options: DialogOptions,
  {height: room, width}: {readonly height: number; readonly width: number},
): {readonly fields: readonly Line[]; readonly buttons: readonly Line[]} {
  const buttons = options.buttons ? [blank, ...buttonLines(options.buttons, options.focus, width)] : []
  const fields = options.fields ?? []
  if (fields.length + buttons.length + LEAST_BODY <= room) return {fields, buttons}
  const tight = fields.filter(each => each.length > 0)
  const last = buttons.slice(1)
  return {fields: tight.slice(0, Math.max(0, room - last.length - 2)), buttons: last}
}

/** Lines of the text that should be visible beside the fields. */
const LEAST_BODY = 4

/** As much of the body as there is room for; the last line then says where one is and how to see the rest. */
function scrolledBody(body: readonly Line[], room: number, scroll: number): readonly Line[] {
  if (body.length <= room) return body
  const space = Math.max(1, room - 1)
  const top = Math.max(0, Math.min(scroll, body.length - space))
  const below = body.length - top - space
  const where = below > 0 ? `… ${below} more lines (PgDn)` : `… ${top} lines above (PgUp)`
  return [...body.slice(top, top + space), ...(room > 1 ? [[span(where, 'warn')]] : [])]
}

/**
 * `n [ Cancel ]   y Start`: the focused button is inverse and in brackets, so it shows without colour too. What has no room
 * in a line stands in the next one. No button moves when the focus does.
 */
export function buttonLines(
  buttons: readonly DialogButton[],
  focus: number | undefined,
  width: number,
): readonly Line[] {
  const lines: Line[] = []
  let [line, taken]: [Line, number] = [[], 0]
  for (const [index, button] of buttons.entries()) {
    const focused = index === focus
    const tone: Tone = button.disabled ? 'dim' : focused ? 'selected' : 'plain'
    const label = focused ? `[ ${button.label} ]` : ` ${button.label} `
    const key = button.key && !button.disabled ? [span(`${button.key} `, 'accent bold')] : []
    const parts = [...key, span(label, tone), span('   ')]
    // As wide as it is with the focus on it.
    const needs = lineWidth([...key, span(`[ ${button.label} ]`)])
    if (line.length > 0 && taken + needs > width) {
      lines.push(line)
      ;[line, taken] = [[], 0]
    }
    line = [...line, ...parts]
    taken += needs + 3
  }
  return line.length > 0 ? [...lines, line] : lines
}
