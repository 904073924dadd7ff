import {momentsOfDay} from './local-day.ts'

/** A schedule of five fields: minute, hour, day of the month, month, day of the week (0 and 7 are Sunday). */
export interface Cron {
  readonly fields: readonly ReadonlySet<number>[]
  /** When both days are given, either will do, as everywhere. */
  readonly eitherDay: boolean
  /** Its hour and its minute are written out, without a `*`: such a job runs once a day, whatever the clocks do. */
  readonly fixed: boolean
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
const DAY_MS = 86_400_000
/** 29 February on a Monday comes again within 40 years at most. */
const LONGEST_SEARCH_DAYS = 40 * 366

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
    fixed: !parts[0]?.includes('*') && !parts[1]?.includes('*'),
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
  for (let day = dayOf(until) + DAY_MS; day >= dayOf(after) - DAY_MS; day -= DAY_MS) {
    const due = dueOn(cron, zone, day).findLast(at => at > after && at <= until)
    if (due !== undefined) return due
  }
  return undefined
}

/** The moments at which it is due after a moment, in order: as many as are asked for, of the next 40 years. */
export function nextDue(cron: Cron, zone: string, {after, count}: {readonly after: number; readonly count: number}) {
  const found: number[] = []
  const first = dayOf(after) - DAY_MS
  for (let day = first; found.length < count && day < first + LONGEST_SEARCH_DAYS * DAY_MS; day += DAY_MS)
    for (const at of dueOn(cron, zone, day)) if (at > after && at > (found.at(-1) ?? after)) found.push(at)
  return found.slice(0, count)
}

/** Midnight of the day in UTC: near enough to that of a zone when a day is looked at on either side. */
const dayOf = (at: number): number => Math.floor(at / DAY_MS) * DAY_MS

/**
 * When it is due on one day of a zone's calendar, as cron(8) has it: what is fixed and falls into a skipped hour is due when
 * the clocks have jumped, and in an hour that comes twice only the first time; all else follows what the clocks show.
 */
function dueOn({fields, eitherDay, fixed}: Cron, zone: string, day: number): readonly number[] {
  if (!isDueDay({fields, eitherDay}, day)) return []
  const walls: number[] = []
  for (const hour of sorted(fields[1])) for (const minute of sorted(fields[0])) walls.push(hour * 60 + minute)
  return momentsOfDay(zone, day, {minutes: walls, fixed})
}

function isDueDay({fields, eitherDay}: Pick<Cron, 'fields' | 'eitherDay'>, day: number): boolean {
  const has = (index: number, value: number): boolean => fields[index]?.has(value) === true
  const calendar = new Date(day)
  if (!has(3, calendar.getUTCMonth() + 1)) return false
  const [date, weekday] = [has(2, calendar.getUTCDate()), has(4, calendar.getUTCDay())]
  return eitherDay ? date || weekday : date && weekday
}

/** The most days from one day on which it is due to the next; four years show all but a 29 February on a certain weekday. */
export function mostDaysBetween(cron: Cron): number {
  const due = Array.from({length: DAYS_LOOKED_AT}, (_, index) => index).filter(day => isDueDay(cron, day * DAY_MS))
  return due.reduce((most, day, index) => Math.max(most, day - (due[index - 1] ?? day)), 1)
}
const DAYS_LOOKED_AT = 5 * 366

const sorted = (values: ReadonlySet<number> | undefined): readonly number[] => [...(values ?? [])].sort((a, b) => a - b)
