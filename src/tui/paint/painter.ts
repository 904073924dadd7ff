import type {Block} from '../layout/line.ts'
import type {Theme} from '../theme.ts'
import {blankRow, type CellRow, cellsOf, sameLine} from './cells.ts'
import {writeChanges} from './diff.ts'
import {PLAIN} from './look.ts'
import {createPen, type PenState} from './pen.ts'
import {findScroll, scrolledRows, scrollSequence} from './scrolled.ts'

/** Knows what stands on the screen of the terminal, and which bytes make another picture of it. */
export interface Painter {
  /**
   * The bytes that turn the screen into this frame, in one piece; empty when it looks like that already. About `most` of
   * them, from the top: what is left is painted by the next call, from the frame that is the newest then.
   */
  paint(frame: Block, columns: number, most?: number): string
  /** Whether the last call has left something. */
  readonly isUnfinished: () => boolean
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
const NOWHERE: PenState = {spot: undefined, look: PLAIN}
const ERASE = '\x1b[m\x1b[H\x1b[J'

/** With a theme that may become another one, or one that stays. */
export function createPainter(given: Theme | (() => Theme)): Painter {
  const theme = typeof given === 'function' ? given : () => given
  let shown: Shown | undefined
  let unfinished = false
  return {
    paint(frame, columns, most = Number.POSITIVE_INFINITY) {
      const fits = shown?.columns === columns && shown.rows.length === frame.length
      const last = fits ? shown : undefined
      const rows = frame.map((line, y) => {
        const before = last?.frame[y]
        return (before && sameLine(before, line) ? last?.rows[y] : undefined) ?? cellsOf(line, columns, theme())
      })
      const change = last ? cheapest(last, rows, columns) : whole(rows, columns)
      unfinished = Buffer.byteLength(change.bytes) > most
      if (unfinished) {
        const part = begun(last, {frame, rows, columns}, most)
        shown = part.shown
        return part.bytes
      }
      shown = {frame, rows, columns, pen: change.pen}
      return change.bytes.length > PACKET ? BEGIN + change.bytes + END : change.bytes
    },
    isUnfinished: () => unfinished,
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
  const blank = blankRow(columns)
  return written(
    NOWHERE,
    rows.map(() => blank),
    rows,
    columns,
    ERASE,
  )
}

/** As many rows of a picture as `most` bytes take, at least one; the others stay as they are. */
function begun(
  last: Shown | undefined,
  {frame, rows, columns}: Omit<Shown, 'pen'>,
  most: number,
): {readonly bytes: string; readonly shown: Shown} {
  const before = last ?? {frame: frame.map(() => []), rows: rows.map(() => blankRow(columns)), pen: NOWHERE}
  const pen = createPen(before.pen, columns)
  if (!last) pen.command(ERASE)
  let part = {bytes: pen.bytes(), pen: pen.state(), until: 0}
  for (const [y, row] of rows.entries()) {
    writeChanges(pen, before.rows, before.rows.with(y, row))
    if (Buffer.byteLength(pen.bytes()) > most && part.bytes !== '') break
    part = {bytes: pen.bytes(), pen: pen.state(), until: y + 1}
  }
  const upTo = <Row>(after: readonly Row[], old: readonly Row[]): readonly Row[] => [
    ...after.slice(0, part.until),
    ...old.slice(part.until),
  ]
  return {
    bytes: part.bytes,
    shown: {frame: upTo(frame, before.frame), rows: upTo(rows, before.rows), columns, pen: part.pen},
  }
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
