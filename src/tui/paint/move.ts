/** Where the cursor of the terminal stands. `x` is unknown after a character that terminals measure differently. */
export interface Spot {
  readonly x: number | undefined
  readonly y: number
}

/**
 * The shortest way to a cell. Line feeds are written with a carriage return, because a terminal may add one; relative
 * moves are left out where the cursor may hang behind the last column.
 */
export function move(from: Spot | undefined, to: {readonly x: number; readonly y: number}, columns: number): string {
  const ways = [absolute(to)]
  if (from && from.y === to.y) {
    if (from.x === to.x) return ''
    ways.push(`\x1b[${to.x + 1}G`, `\r${right(to.x)}`)
    if (from.x !== undefined && from.x < columns) ways.push(sideways(to.x - from.x))
  }
  if (from && to.y > from.y && to.y - from.y <= 3) ways.push('\r\n'.repeat(to.y - from.y) + right(to.x))
  if (from && from.x === to.x && to.x < columns && Math.abs(to.y - from.y) === 1)
    ways.push(to.y > from.y ? '\x1b[B' : '\x1b[A')
  return ways.reduce((best, way) => (way.length < best.length ? way : best))
}

const absolute = ({x, y}: {readonly x: number; readonly y: number}): string =>
  x > 0 ? `\x1b[${y + 1};${x + 1}H` : y > 0 ? `\x1b[${y + 1}H` : '\x1b[H'

const right = (count: number): string => (count === 0 ? '' : count === 1 ? '\x1b[C' : `\x1b[${count}C`)

const sideways = (distance: number): string =>
  distance > 0 ? right(distance) : -distance <= 3 ? '\b'.repeat(-distance) : `\x1b[${-distance}D`
