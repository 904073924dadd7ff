import type {OutputLine} from '../../runbooks/events.ts'
import {bodyOf} from './body.ts'
import type {Line} from './line.ts'
import {lineWidth, sliceLine, SPOKEN, span} from './line.ts'
import {logLine} from './log-line.ts'
import {shownCommand} from './shown-command.ts'

/** The sign of the line that the keys are on, and a space. */
export const GUTTER = 2

/** What the pager has for lines: all but its title. */
export function pagerRoom(size: {readonly columns: number; readonly rows: number}): {
  readonly width: number
  readonly height: number
} {
  const {width, height} = bodyOf(size)
  return {width: Math.max(1, width - GUTTER), height: Math.max(1, height - 1)}
}

/** A line of output with its colours, as long as it is; how a connection is made is left out of commands. */
export function outputSpans({stream, text}: OutputLine): Line {
  switch (stream) {
    case 'command':
      return [span('$ ', 'accent'), span(shownCommand(text), 'accent')]
    case 'err':
      return [span(text, 'warn')]
    case 'log':
      return [span('› ', 'accent bold'), span(text)]
    default:
      return logLine(text)
  }
}

/** Rows that a line takes. */
export const rowsOf = (line: OutputLine, width: number, wrap: boolean): number =>
  wrap ? Math.max(1, Math.ceil(lineWidth(outputSpans(line)) / width)) : 1

/** The rows of a line: wrapped at the edge, or the part that is in sight. */
export function rowsFor(
  line: Line,
  width: number,
  {wrap, side}: {readonly wrap: boolean; readonly side: number},
): readonly Line[] {
  if (!wrap || width === SPOKEN) return [sliceLine(line, side, side + width)]
  const rows = Math.max(1, Math.ceil(lineWidth(line) / width))
  return Array.from({length: rows}, (_, row) => sliceLine(line, row * width, (row + 1) * width))
}
