import {type CellRow, cellChanged} from './cells.ts'
import {PLAIN} from './look.ts'
import type {Pen} from './pen.ts'

/** Writes what differs between two screens of one size. */
export function writeChanges(pen: Pen, before: readonly CellRow[], after: readonly CellRow[]): void {
  for (const [y, row] of after.entries()) {
    const old = before[y]
    if (old && old !== row) writeRow(pen, old, row, y)
  }
}

function writeRow(pen: Pen, before: CellRow, after: CellRow, y: number): void {
  const columns = after.texts.length
  const end = contentEnd(after)
  let x = 0
  while (x < columns) {
    if (!cellChanged(before, after, x)) {
      x += 1
      continue
    }
    if (x >= end && contentEnd(before) - x > CLEARING) return pen.clear(x, y)
    let to = x + 1
    while (to < columns && cellChanged(before, after, to)) to += 1
    // What follows the content may be cheaper to clear.
    if (x < end) to = Math.min(to, end)
    pen.cells(after, y, firstCell(after, x), to)
    x = to
  }
}

/** A clear to the end of the row takes so many bytes; spaces one each. */
const CLEARING = 3

/** Where the plain space at the end of the row begins. */
function contentEnd(row: CellRow): number {
  let end = row.texts.length
  while (end > 0 && row.texts[end - 1] === ' ' && row.looks[end - 1] === PLAIN) end -= 1
  return end
}

/** The cell in which the character begins that covers this one: some scripts join three cells to one. */
function firstCell(row: CellRow, x: number): number {
  let first = x
  while (first > 0 && row.texts[first] === '') first -= 1
  return first
}
