import {formatDuration} from '../../units/duration.ts'

/** `42s`, `4m`, `3h`, `2d`: one unit, so a screen does not tick where nothing happens. `–` when it is not known. */
export function shortAge(then: number | undefined, now: number): string {
  if (then === undefined) return '–'
  const age = Math.max(0, now - then)
  return age < 1000 ? 'now' : shortDuration(Math.floor(age / 1000) * 1000)
}

/** A duration in its largest unit. */
export function shortDuration(ms: number | undefined): string {
  if (ms === undefined) return '–'
  return formatDuration(ms).split(' ')[0] ?? ''
}

/** `2026-11-22 14:51:09`, local time: the absolute time that details give beside every age. */
export function absolute(at: number | undefined): string {
  if (at === undefined) return 'never'
  const date = new Date(at)
  const two = (value: number): string => String(value).padStart(2, '0')
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${clockTime(at)}`
}

/** `14:51:09`, local time. */
export function clockTime(at: number): string {
  const date = new Date(at)
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map(value => String(value).padStart(2, '0')).join(':')
}

/** `14:51:09 (42s ago)`, with the day when it is not today. */
export function moment(at: number | undefined, now: number): string {
  if (at === undefined) return 'never'
  const today = absolute(at).slice(0, 10) === absolute(now).slice(0, 10)
  const age = shortAge(at, now)
  return `${today ? clockTime(at) : absolute(at)} (${age === 'now' ? 'now' : `${age} ago`})`
}

interface Seen {
  readonly at: number | undefined
  readonly intervalMs: number
}

/** Whether what a row tells is older than two of its intervals, with one second of grace. */
export const isStale = (row: Seen, now: number): boolean =>
  row.at === undefined || now - row.at > 2 * row.intervalMs + 1000

/** The state to show: never a good one for old knowledge. */
export const shownState = <State extends string>(
  row: Seen & {readonly state: State},
  now: number,
): State | 'no data' => (isStale(row, now) ? 'no data' : row.state)
