import type {Block} from '../layout/line.ts'
import type {Theme} from '../theme.ts'
import {blankRow, type CellRow, cellsOf, sameLine} from './cells.ts'
import {writeChanges} from './diff.ts'
import {PLAIN} from './look.ts'
import {createPen, type PenState} from './pen.ts'
import {findScroll, scrolledRows, scrollSequence} from './scrolled.ts'

/** Knows what stands on the screen of the terminal, and which bytes make another picture of it. */
export interface Painter {
  /** The bytes that turn the screen into this frame, in one piece; empty when it looks like that already. */
  paint(frame: Block, columns: number): string
  /** Somebody else has written on the screen: the next frame is painted whole. */
  forget(): void
}

interface Shown {
  readonly frame: Block
  readonly rows: readonly CellRow[]
  readonly columns: number
  readonly pen: PenState
}

/** A frame that does not arrive in one packet is held back by the terminal until it is whole. */
const PACKET = 1200
const BEGIN = '\x1b[?2026h'
const END = '\x1b[?2026l'
/** Erases below instead of clearing, which some terminals answer by keeping the old picture as history. */
const ERASE = '\x1b[m\x1b[H\x1b[J'

/** With a theme that may become another one, or one that stays. */
export function createPainter(given: Theme | (() => Theme)): Painter {
  const theme = typeof given === 'function' ? given : () => given
  let shown: Shown | undefined
  return {
    paint(frame, columns) {
      const fits = shown?.columns === columns && shown.rows.length === frame.length
      const last = fits ? shown : undefined
      const rows = frame.map((line, y) => {
        const before = last?.frame[y]
        return (before && sameLine(before, line) ? last?.rows[y] : undefined) ?? cellsOf(line, columns, theme())
      })
      const change = last ? cheapest(last, rows, columns) : whole(rows, columns)
      shown = {frame, rows, columns, pen: change.pen}
      return change.bytes.length > PACKET ? BEGIN + change.bytes + END : change.bytes
    },
    forget() {
      shown = undefined
    },
  }
}

interface Written {
  readonly bytes: string
  readonly pen: PenState
}

function whole(rows: readonly CellRow[], columns: number): Written {
  const blank = rows.map(() => blankRow(columns))
  return written({spot: undefined, look: PLAIN}, blank, rows, columns, ERASE)
}

/** With or without moving rows first, whatever takes fewer bytes. */
function cheapest({rows: before, pen}: Shown, rows: readonly CellRow[], columns: number): Written {
  const inPlace = written(pen, before, rows, columns)
  if (inPlace.bytes.length < columns) return inPlace
  const scroll = findScroll(before, rows)
  if (!scroll) return inPlace
  const moved = written(pen, scrolledRows(before, scroll), rows, columns, scrollSequence(scroll))
  return moved.bytes.length < inPlace.bytes.length ? moved : inPlace
}

function written(
  start: PenState,
  before: readonly CellRow[],
  rows: readonly CellRow[],
  columns: number,
  first?: string,
): Written {
  const pen = createPen(start, columns)
  if (first !== undefined) pen.command(first)
  writeChanges(pen, before, rows)
  return {bytes: pen.bytes(), pen: pen.state()}
}
