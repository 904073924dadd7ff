import {zoneOffset} from './zone.ts'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
/** Offsets of zones change at quarters of an hour. */
const QUARTER_MS = 900_000

/**
 * The moments of one day at which the clocks of a zone show these minutes of the day, in order. `day` is its midnight as if
 * it were UTC. Where clocks jump, `fixed` ones are there once each: at the jump, or the first of two. Others are there as
 * often as the clocks show them: not at all, or twice.
 */
export function momentsOfDay(
  zone: string,
  day: number,
  {minutes, fixed}: {readonly minutes: readonly number[]; readonly fixed: boolean},
): readonly number[] {
  const [before, after] = [zoneOffset(zone, day - DAY_MS), zoneOffset(zone, day + 2 * DAY_MS)]
  if (before === after) return minutes.map(minute => day + minute * MINUTE_MS - before)
  const offsetAt = quarterly(zone)
  const moments = minutes.flatMap(minute => {
    const wall = day + minute * MINUTE_MS
    const shown = [...new Set([wall - before, wall - after])].filter(at => at + offsetAt(at) === wall)
    shown.sort((a, b) => a - b)
    if (!fixed) return shown
    return shown.length > 0 ? shown.slice(0, 1) : [jumpOver(offsetAt, wall, {before, after})]
  })
  return [...new Set(moments)].sort((a, b) => a - b)
}

/** The moment at which the clocks jump over a time that they never show. */
function jumpOver(
  offsetAt: (at: number) => number,
  wall: number,
  {before, after}: {readonly before: number; readonly after: number},
): number {
  const last = wall - before
  for (let at = Math.floor((wall - after) / QUARTER_MS) * QUARTER_MS; at <= last; at += QUARTER_MS)
    if (offsetAt(at) !== before) return at
  return last
}

function quarterly(zone: string): (at: number) => number {
  const known = new Map<number, number>()
  return at => {
    const quarter = Math.floor(at / QUARTER_MS)
    const offset = known.get(quarter) ?? zoneOffset(zone, quarter * QUARTER_MS)
    known.set(quarter, offset)
    return offset
  }
}
