import {momentIn, zoneOffset} from '../../units/zone.ts'
import {wallOf} from '../../units/wall-time.ts'
import type {OnCallSchedule} from './config.ts'

export interface OnCall {
  readonly person: string
  /** Until when: then somebody else, or the same person again, is. */
  readonly until: number
  readonly override: boolean
}

/**
 * Who is on call at a moment. Durations are counted by the clocks of the zone; an hour that comes twice hands nothing back, and one that is
 * skipped hands over when it would have been.
 */
export function onCallAt({people, zone, start, every, overrides}: OnCallSchedule, now: number): OnCall {
  const first = wallOf(start) ?? 0
  const handover = (turn: number): number => momentIn(zone, first + turn * every)
  let turn = Math.max(0, Math.floor((now + zoneOffset(zone, now) - first) / every))
  while (handover(turn + 1) <= now) turn += 1
  while (turn > 0 && handover(turn) > now) turn -= 1
  const past = now + zoneOffset(zone, now) - DAY_MS
  const exceptions = overrides.flatMap(each => ((wallOf(each.until) ?? 0) < past ? [] : [momentsOf(each, zone)]))
  const holding = exceptions.findLastIndex(each => each.from <= now && now < each.until)
  // Only one that stands later in the list takes over from one that holds.
  const next = exceptions.slice(holding + 1).flatMap(({from, until}) => (from > now && from < until ? [from] : []))
  const held = exceptions[holding]
  if (held) return {person: held.person, until: Math.min(held.until, ...next), override: true}
  return {person: people[turn % people.length] ?? '', until: Math.min(handover(turn + 1), ...next), override: false}
}

const DAY_MS = 86_400_000

const momentsOf = ({person, from, until}: OnCallSchedule['overrides'][number], zone: string) => ({
  person,
  from: momentIn(zone, wallOf(from) ?? 0),
  until: momentIn(zone, wallOf(until) ?? 0),
})
