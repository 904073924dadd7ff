import type {ControlRow, ReleaseRow} from '../../releases/rows.ts'
import {shortDuration} from '../components/age.ts'
import {type Line, span} from '../layout/line.ts'

/** `12m left`, `over for 20s`, `no longer in force`: a reload of the load balancer took it off. */
export function controlLeft({until, inForce}: ControlRow, now: number): string {
  if (inForce === false) return 'no longer in force'
  return until > now ? `${shortDuration(until - now)} left` : `over for ${shortDuration(now - until)}`
}

/** What users get otherwise than usual, and for how long yet. */
export const controlLine = (row: ControlRow, now: number): Line => [
  span(`▲ ${row.words}  `, 'warn bold'),
  span(controlLeft(row, now), row.inForce === false || row.until <= now ? 'bad' : 'plain'),
  span(`  ${row.usersGet}`, 'dim'),
]

/** The first that ends, for the header, and how many more; undefined while none is on. */
export function controlBadge(releases: readonly ReleaseRow[], now: number): string | undefined {
  const all = releases.flatMap(({controls = []}) => controls).toSorted((one, two) => one.until - two.until)
  const [first] = all
  if (first === undefined) return undefined
  const more = all.length > 1 ? ` +${all.length - 1}` : ''
  return ` ${first.id.split(':', 1)[0]?.toUpperCase()} ${controlLeft(first, now)}${more} `
}
