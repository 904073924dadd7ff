import {remembered} from '../text/remembered.ts'

/** Whether this system knows a time zone, such as `Europe/Berlin` or `UTC`. */
export function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', {timeZone: name}).format(0) !== ''
  } catch {
    return false
  }
}

/** To make one takes longer than to ask it a hundred times. */
const formatterOf = remembered(zone => new Intl.DateTimeFormat('en', {timeZone: zone, timeZoneName: 'longOffset'}))

/** How far the clocks of a zone are ahead of UTC at a moment, milliseconds. */
export function zoneOffset(zone: string, at: number): number {
  if (zone === 'UTC') return 0
  const parts = formatterOf(zone).formatToParts(at)
  const text = parts.find(({type}) => type === 'timeZoneName')?.value ?? ''
  const match = /([+-])(\d\d):(\d\d)(?::(\d\d))?$/.exec(text)
  if (match === null) return 0
  const [, sign, hours, minutes, seconds = '0'] = match
  return (sign === '-' ? -1 : 1) * ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000
}

/**
 * The moment at which the clocks of a zone show this; one that is shown twice means the first, one that is skipped what it
 * would have been. `wall` is that time as if it were UTC.
 */
export function momentIn(zone: string, wall: number): number {
  const first = wall - zoneOffset(zone, wall - 86_400_000)
  if (first + zoneOffset(zone, first) === wall) return first
  const second = wall - zoneOffset(zone, wall + 86_400_000)
  return second + zoneOffset(zone, second) === wall ? second : first
}
