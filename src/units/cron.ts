import {zoneOffset} from './zone.ts'

/** A schedule of five fields: minute, hour, day of the month, month, day of the week (0 and 7 are Sunday). */
export interface Cron {
  readonly fields: readonly ReadonlySet<number>[]
  /** When both days are given, either will do, as everywhere. */
  readonly eitherDay: boolean
}

const RANGES = [
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 7],
] as const
const NAMES: readonly (readonly string[])[] = [
  [],
  [],
  [],
  ['', 'jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'],
  ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'],
]
const MINUTE_MS = 60_000
/** Offsets of zones change at quarters of an hour. */
const QUARTER_MS = 900_000

/** Undefined: the text is not a schedule. Accepts `*`, lists, ranges, steps and English names of months and days. */
export function parseCron(text: string): Cron | undefined {
  const parts = text.trim().toLowerCase().split(/\s+/)
  if (parts.length !== RANGES.length) return undefined
  const fields = parts.map((part, index) => parseField(part, index))
  if (fields.some(field => field === undefined || field.size === 0)) return undefined
  const days = fields[4]
  if (days?.has(7)) days.add(0)
  return {
    fields: fields as readonly ReadonlySet<number>[],
    eitherDay: !parts[2]?.startsWith('*') && !parts[4]?.startsWith('*'),
  }
}

function parseField(part: string, index: number): Set<number> | undefined {
  const [lowest, highest] = RANGES[index] ?? [0, 0]
  const values = new Set<number>()
  for (const each of part.split(',')) {
    const match = /^(\*|[a-z\d]+)(?:-([a-z\d]+))?(?:\/(\d+))?$/.exec(each)
    if (match === null) return undefined
    const [, start = '', end, step] = match
    if (start === '*' && end !== undefined) return undefined
    const from = start === '*' ? lowest : numberOf(start, index)
    const open = start === '*' || (step !== undefined && end === undefined)
    const to = end === undefined ? (open ? highest : from) : numberOf(end, index)
    const by = Number(step ?? 1)
    if (!(from >= lowest && to <= highest && from <= to && by >= 1)) return undefined
    for (let value = from; value <= to; value += by) values.add(value)
  }
  return values
}

function numberOf(text: string, index: number): number {
  const named = NAMES[index]?.indexOf(text) ?? -1
  return named >= 0 && text !== '' ? named : /^\d+$/.test(text) ? Number(text) : Number.NaN
}

/** The last moment at which it was due, after `after` and not after `until`; undefined: there was none. */
export function lastDue(cron: Cron, zone: string, {after, until}: {readonly after: number; readonly until: number}) {
  const isDue = dueIn(cron, zone)
  for (let at = Math.floor(until / MINUTE_MS) * MINUTE_MS; at > after; at -= MINUTE_MS) if (isDue(at)) return at
  return undefined
}

/** Whether it is due in a minute by the clocks of a zone. The hour that is skipped in spring is not there. */
function dueIn({fields, eitherDay}: Cron, zone: string): (at: number) => boolean {
  const offsets = new Map<number, number>()
  const has = (index: number, value: number): boolean => fields[index]?.has(value) === true
  return at => {
    const quarter = Math.floor(at / QUARTER_MS)
    const offset = offsets.get(quarter) ?? zoneOffset(zone, at)
    offsets.set(quarter, offset)
    const local = new Date(at + offset)
    if (!has(0, local.getUTCMinutes()) || !has(1, local.getUTCHours()) || !has(3, local.getUTCMonth() + 1)) return false
    const [date, weekday] = [has(2, local.getUTCDate()), has(4, local.getUTCDay())]
    return eitherDay ? date || weekday : date && weekday
  }
}
