import {momentIn, zoneOffset} from '../../units/zone.ts'
import {wallOf} from '../../units/wall-time.ts'
import type {OnCallSchedule} from './config.ts'

export interface OnCall {
  readonly person: string
  /** Until when, at most. */
  readonly until: number
  readonly override: boolean
}

/** Who is on call at a moment. Durations are counted by the clocks of the zone. */
export function onCallAt({people, zone, start, every, overrides}: OnCallSchedule, now: number): OnCall {
  const wall = now + zoneOffset(zone, now)
  const first = wallOf(start) ?? 0
  const turn = Math.max(0, Math.floor((wall - first) / every))
  const handover = momentIn(zone, first + (turn + 1) * every)
  const override = overrides.findLast(each => (wallOf(each.from) ?? 0) <= wall && wall < (wallOf(each.until) ?? 0))
  if (override) return {person: override.person, until: momentIn(zone, wallOf(override.until) ?? wall), override: true}
  const next = overrides.map(each => momentIn(zone, wallOf(each.from) ?? 0)).filter(at => at > now)
  return {person: people[turn % people.length] ?? '', until: Math.min(handover, ...next), override: false}
}
