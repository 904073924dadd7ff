import {type CellRow, cellChanged} from '../../src/tui/paint/cells.ts'
import {type Look, switchLook} from '../../src/tui/paint/look.ts'

/** Where the cursor is, and with which look it writes, after so many bytes. */
interface Way {
  readonly bytes: number
  readonly x: number
  readonly y: number
  readonly look: Look
}

/**
 * The fewest bytes in which the cells that differ can be written, from the top to the bottom, without moving rows: before
 * each run of them the cheapest of an absolute move, a relative one, and writing the gap again. Written apart from the
 * painter, to measure it by.
 */
export function idealBytes(before: readonly CellRow[], after: readonly CellRow[], columns: number): number {
  let ways: readonly Way[] = [{bytes: 0, x: -1, y: -1, look: 0}]
  for (const [y, row] of after.entries()) {
    const old = before[y]
    if (!old) continue
    for (let from = 0; from < columns; from += 1) {
      if (!cellChanged(old, row, from)) continue
      let to = from + 1
      while (to < columns && cellChanged(old, row, to)) to += 1
      const [first, last] = [from, to]
      ways = cheapest(ways.flatMap(way => arrivals(way, row, first, y)).map(way => writing(way, row, first, last)))
      from = to
    }
  }
  return Math.min(...ways.map(({bytes}) => bytes))
}

/** One of each look, the cheapest. */
function cheapest(ways: readonly Way[]): readonly Way[] {
  const best = new Map<Look, Way>()
  for (const way of ways)
    if ((best.get(way.look)?.bytes ?? Number.POSITIVE_INFINITY) > way.bytes) best.set(way.look, way)
  return [...best.values()]
}

/** The ways to a cell. */
function arrivals(way: Way, row: CellRow, x: number, y: number): readonly Way[] {
  const moved = (bytes: number): Way => ({...way, bytes: way.bytes + bytes, x, y})
  const ways = [moved(`\x1b[${y + 1};${x + 1}H`.length)]
  if (way.y === y && way.x === x) return [moved(0)]
  if (way.y === y) ways.push(moved(`\x1b[${x + 1}G`.length))
  if (way.y === y && way.x < x) {
    ways.push(moved(`\x1b[${x - way.x > 1 ? x - way.x : ''}C`.length))
    ways.push(writing(way, row, way.x, x))
  }
  return ways
}

function writing(way: Way, row: CellRow, from: number, to: number): Way {
  let {bytes, look} = way
  for (let x = from; x < to; x += 1) {
    const text = row.texts[x] ?? ' '
    const wanted = row.looks[x] ?? 0
    if (text !== ' ' || wanted !== 0) {
      bytes += switchLook(look, wanted).length
      look = wanted
    }
    bytes += Buffer.byteLength(text)
  }
  return {bytes, look, x: to, y: way.y}
}
