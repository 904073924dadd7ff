import {z} from 'zod'
import {duration} from '../../config/fields.ts'
import {momentIn, zoneOffset} from '../../units/zone.ts'
import {zoneField} from './maintenance.ts'

/** A time by the clocks of the schedule's zone. */
const wallTime = (meaning: string) =>
  z
    .string()
    .refine(text => wallOf(text) !== undefined, {error: 'should be a time such as 2026-01-05T09:00, without a zone'})
    .describe(meaning)

const wallOf = (text: string): number | undefined => {
  const match = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)$/.exec(text)
  const at = match === null ? Number.NaN : Date.parse(`${match[1]}T${match[2]}:00Z`)
  return Number.isNaN(at) ? undefined : at
}

/** Who is on call: people in turn, and exceptions. */
export const onCallSchema = z.strictObject({
  name: z.string().min(1).max(60).describe('Name of the schedule, for escalations'),
  zone: zoneField,
  people: z.array(z.string().min(1)).min(1).describe('People in turn, by their names'),
  start: wallTime('When the first of them began, in that zone'),
  every: duration('How long a turn is; the hour of handing over stays when clocks change')
    .refine(ms => ms >= 3_600_000, {error: 'should be 1h at least'})
    .default(604_800_000),
  overrides: z
    .array(
      z.strictObject({
        person: z.string().min(1).describe('Who stands in'),
        from: wallTime('From when, in that zone'),
        until: wallTime('Until when'),
      }),
    )
    .default([])
    .describe('Exceptions; of two that hold, the later one in the list counts'),
})
export type OnCallSchedule = z.output<typeof onCallSchema>

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
