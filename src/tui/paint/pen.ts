import {isCertain} from '../layout/text.ts'
import type {CellRow} from './cells.ts'
import {type Look, marksSpace, PLAIN, switchLook} from './look.ts'
import {move, type Spot} from './move.ts'

/** Where the terminal's cursor stands, and with which look it writes. Kept from frame to frame. */
export interface PenState {
  readonly spot: Spot | undefined
  readonly look: Look
}

/** Collects the bytes of one frame, and knows what they do to the cursor. */
export interface Pen {
  readonly state: () => PenState
  readonly bytes: () => string
  /** Writes the cells from `from` to `to` of a row, in the cheapest way to get there. */
  cells(row: CellRow, y: number, from: number, to: number): void
  /** Clears from `x` to the end of the row. */
  clear(x: number, y: number): void
  /** Something that leaves the cursor at the left top corner. */
  command(sequence: string): void
}

export function createPen(start: PenState, columns: number): Pen {
  let {spot, look} = start
  let bytes = ''
  const go = (x: number, y: number): void => {
    bytes += move(spot, {x, y}, columns)
    spot = {x, y}
  }
  const wear = (wanted: Look): void => {
    bytes += switchLook(look, wanted)
    look = wanted
  }
  const cell = (row: CellRow, x: number, y: number): void => {
    const text = row.texts[x] ?? ' '
    const wide = row.texts[x + 1] === ''
    const wanted = row.looks[x] ?? PLAIN
    if (text !== ' ' || wanted !== PLAIN || marksSpace(look)) wear(wanted)
    const certain = isCertain(text)
    if (!certain && wide) {
      // Where the terminal takes it for one cell, nothing old may stand in the second.
      bytes += '  '
      spot = {x: x + 2, y}
      go(x, y)
    }
    bytes += text
    spot = {x: certain ? x + (wide ? 2 : 1) : undefined, y}
  }
  return {
    state: () => ({spot, look}),
    bytes: () => bytes,
    cells(row, y, from, to) {
      const gap = spot?.y === y && spot.x !== undefined && spot.x < from ? spot.x : undefined
      if (gap !== undefined && rewriting(row, gap, from, look) <= moving(row, spot, {x: from, y}, look, columns)) {
        for (let x = gap; x < from; x++) if (row.texts[x] !== '') cell(row, x, y)
      } else {
        go(from, y)
      }
      let end = to
      for (let x = from; x < end; x++) {
        const text = row.texts[x] ?? ' '
        if (text === '') continue
        if (spot?.x !== x) go(x, y)
        cell(row, x, y)
        // A terminal that takes it apart has written over its neighbours.
        if (!isCertain(text)) end = Math.min(columns, Math.max(end, x + 1 + Array.from(text).length))
      }
    },
    clear(x, y) {
      go(x, y)
      if (marksSpace(look)) wear(PLAIN)
      bytes += '\x1b[K'
    },
    command(sequence) {
      if (marksSpace(look)) wear(PLAIN)
      bytes += sequence
      spot = {x: 0, y: 0}
    },
  }
}

/** Bytes it takes to write over cells that are right already, and to be ready for the next one. */
function rewriting(row: CellRow, from: number, to: number, start: Look): number {
  let look = start
  let bytes = 0
  for (let x = from; x < to; x++) {
    const text = row.texts[x] ?? ' '
    if (!isCertain(text)) return Number.POSITIVE_INFINITY
    const wanted = row.looks[x] ?? PLAIN
    bytes += utf8Length(text)
    if (text === '' || (text === ' ' && wanted === PLAIN && !marksSpace(look))) continue
    bytes += switchLook(look, wanted).length
    look = wanted
    // Longer than any move: no need to look at the rest.
    if (bytes > 24) return bytes
  }
  return bytes + switchLook(look, row.looks[to] ?? PLAIN).length
}

const moving = (
  row: CellRow,
  from: Spot | undefined,
  to: {readonly x: number; readonly y: number},
  look: Look,
  columns: number,
): number => move(from, to, columns).length + switchLook(look, row.looks[to.x] ?? PLAIN).length

function utf8Length(text: string): number {
  if (text.length !== 1) return Buffer.byteLength(text)
  const code = text.charCodeAt(0)
  return code < 0x80 ? 1 : code < 0x800 ? 2 : 3
}
