import {blankRow, type CellRow, sameCells} from './cells.ts'

/** Rows `top` to `bottom` moved up by `by` rows; a negative one moves them down. */
export interface Scroll {
  readonly top: number
  readonly bottom: number
  readonly by: number
}

/** Fewer rows than this are written sooner than moved. */
const FEWEST = 3

/**
 * The move that most rows of the new screen have made since the old one. Rows are moved whole: the terminal knows no
 * scrolling of a part of a row.
 */
export function findScroll(before: readonly CellRow[], after: readonly CellRow[]): Scroll | undefined {
  const changed = after.flatMap((row, y) => (row === before[y] ? [] : [y]))
  if (changed.length < FEWEST) return undefined
  const by = commonMove(before, after, changed)
  if (by === undefined) return undefined
  const block = longestBlock(before, after, by)
  if (block.to - block.from < FEWEST) return undefined
  return {top: Math.min(block.from, block.from + by), bottom: Math.max(block.to, block.to + by) - 1, by}
}

/** How far most of the changed rows have gone, by their words; only those that stood once among the old ones are counted. */
function commonMove(
  before: readonly CellRow[],
  after: readonly CellRow[],
  changed: readonly number[],
): number | undefined {
  const places = new Map<string, number>()
  for (const y of changed) {
    const words = wordsOf(before[y])
    places.set(words, places.has(words) ? -1 : y)
  }
  const votes = new Map<number, number>()
  for (const y of changed) {
    const place = places.get(wordsOf(after[y])) ?? -1
    if (place >= 0 && place !== y) votes.set(place - y, (votes.get(place - y) ?? 0) + 1)
  }
  const [best] = [...votes].sort(([, one], [, other]) => other - one)
  return best?.[0]
}

const wordsOf = (row: CellRow | undefined): string => row?.words ?? ''

function longestBlock(
  before: readonly CellRow[],
  after: readonly CellRow[],
  by: number,
): {readonly from: number; readonly to: number} {
  let best = {from: 0, to: 0}
  let from = 0
  for (const [y, row] of [...after, undefined].entries()) {
    if (sameCells(row, before[y + by])) continue
    if (y - from > best.to - best.from) best = {from, to: y}
    from = y + 1
  }
  return best
}

/** The screen after the move: the rows that came in are blank. */
export function scrolledRows(rows: readonly CellRow[], {top, bottom, by}: Scroll): readonly CellRow[] {
  return rows.map((row, y) => {
    if (y < top || y > bottom) return row
    const from = y + by
    return from >= top && from <= bottom ? (rows[from] ?? row) : blankRow(row.texts.length)
  })
}

/** Moves rows with line feeds at the margins, which every terminal knows; leaves the cursor at the left top corner. */
export function scrollSequence({top, bottom, by}: Scroll): string {
  const region = `\x1b[${top + 1};${bottom + 1}r`
  const step = by > 0 ? `\x1b[${bottom + 1}H${'\n'.repeat(by)}` : `\x1b[${top + 1}H${'\x1bM'.repeat(-by)}`
  return `${region}${step}\x1b[r`
}
