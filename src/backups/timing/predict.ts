import {formatBytes} from '../../units/bytes.ts'
import {formatDuration} from '../../units/duration.ts'

/** How long a restore took to fill a database of this size, and where: beside production or on a server of a drill. */
export interface Timing {
  readonly at: number
  readonly bytes: number
  readonly ms: number
  readonly where: 'server' | 'scratch'
}

export interface Prediction {
  readonly ms: number
  readonly lowMs: number
  readonly highMs: number
  /** The timings that it comes from, the newest first. */
  readonly from: readonly Timing[]
}

/** Older ones are of other hardware, or of another database. */
const NEWEST = 9
/** So many of the same place say more than all. */
const ENOUGH = 3
/** Sizes nearer than this to each other say nothing about what a byte costs. */
const APART = 1.25
/** Nobody knows it closer than this, however alike the earlier ones were. */
const LEAST_SPREAD = 0.15

/**
 * How long it will take to fill a database of so many bytes: a fixed part and a part for each byte, both as robust medians
 * (Theil and Sen), so that one odd restore changes nothing. Undefined: none was timed yet. Pure.
 */
export function predictRestore(
  timings: readonly Timing[],
  {bytes, where}: {readonly bytes: number; readonly where: Timing['where']},
): Prediction | undefined {
  const newest = timings.filter(one => one.bytes > 0 && one.ms > 0).toSorted((one, two) => two.at - one.at)
  const same = newest.filter(one => one.where === where).slice(0, NEWEST)
  const from = same.length >= ENOUGH ? same : newest.slice(0, NEWEST)
  if (from.length === 0 || bytes <= 0) return undefined
  const line = lineThrough(from)
  const ms = line(bytes)
  const ratios = from.map(one => one.ms / line(one.bytes))
  return {
    ms,
    lowMs: ms * Math.min(1 - LEAST_SPREAD, ...ratios),
    highMs: ms * Math.max(1 + LEAST_SPREAD, ...ratios),
    from,
  }
}

/** Milliseconds by bytes. */
function lineThrough(from: readonly Timing[]): (bytes: number) => number {
  const slopes = from.flatMap((one, index) =>
    from
      .slice(index + 1)
      .filter(two => Math.max(one.bytes, two.bytes) >= APART * Math.min(one.bytes, two.bytes))
      .map(two => (two.ms - one.ms) / (two.bytes - one.bytes)),
  )
  const slope = slopes.length === 0 ? 0 : median(slopes)
  const fixed = median(from.map(({bytes, ms}) => ms - slope * bytes))
  // Without sizes that differ, or where noise is larger than they are, each byte costs the same and nothing is fixed.
  if (slope <= 0 || fixed < 0) {
    const each = median(from.map(({bytes, ms}) => ms / bytes))
    return bytes => each * bytes
  }
  return bytes => fixed + slope * bytes
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  return ((sorted[Math.ceil(middle) - 1] ?? 0) + (sorted[Math.floor(middle)] ?? 0)) / 2
}

/** `about 3m 20s (2m 50s to 4m) by 7 restores of 9.8 GB to 12 GB`. */
export function predictionWords({ms, lowMs, highMs, from}: Prediction, bytes: number): string {
  const sizes = from.map(one => one.bytes)
  const [least, most] = [formatBytes(Math.min(...sizes)), formatBytes(Math.max(...sizes))]
  const of = least === most ? least : `${least} to ${most}`
  const drills = from.filter(({where}) => where === 'scratch').length
  const kinds = [counted(from.length - drills, 'restore'), counted(drills, 'drill')].filter(text => text !== '')
  const larger = bytes > 2 * Math.max(...sizes) ? `; none was of ${formatBytes(bytes)}` : ''
  return `about ${round(ms)} (${round(lowMs)} to ${round(highMs)}) by ${kinds.join(' and ')} of ${of}${larger}`
}

const counted = (count: number, one: string): string => (count === 0 ? '' : `${count} ${one}${count === 1 ? '' : 's'}`)

/** Two digits are all that is known. */
function round(ms: number): string {
  const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, ms))) - 1)
  return formatDuration(Math.round(ms / step) * step)
}
