import {createHash} from 'node:crypto'
import {lastDue, nextDue, parseCron} from '../units/cron.ts'
import {formatDuration} from '../units/duration.ts'
import {type PlacedSchedule, scheduleId} from './config.ts'

type Timed = Pick<PlacedSchedule, 'environment' | 'name' | 'cron' | 'every' | 'zone' | 'jitter'>

/** A time at which a schedule is due, and the moment at which its run begins: later by the jitter. */
export interface Due {
  readonly due: number
  readonly at: number
}

/** `30 2 * * * Europe/Berlin`, `every 6h`. */
export const timesWords = ({cron, every, zone}: Pick<Timed, 'cron' | 'every' | 'zone'>): string =>
  cron === undefined ? `every ${formatDuration(every ?? 0)}` : `${cron} ${zone}`

/** The next times after a moment. */
export function nextTimes(schedule: Timed, after: number, count: number): readonly Due[] {
  const {every, zone, jitter} = schedule
  // One that is due already may begin only after this moment.
  const from = after - jitter
  const wanted = count + (jitter === 0 ? 0 : MORE)
  const cron = schedule.cron === undefined ? undefined : parseCron(schedule.cron)
  const dues = cron
    ? nextDue(cron, zone, {after: from, count: wanted})
    : every === undefined
      ? []
      : Array.from({length: wanted}, (_, index) => (Math.floor(from / every) + 1 + index) * every)
  return dues
    .map(due => begun(schedule, due))
    .filter(({at}) => at > after)
    .slice(0, count)
}

/** Some of them may have begun before. */
const MORE = 60

/** The newest time that was due after `after` and has started by `until`, and how many there were; undefined: none. */
export function passedTimes(
  schedule: Timed,
  {after, until}: {readonly after: number; readonly until: number},
): {readonly newest: Due; readonly count: number} | undefined {
  let end = until
  for (let tries = 0; tries < MORE; tries += 1) {
    const due = newestDue(schedule, {after, until: end})
    if (due === undefined) return undefined
    const newest = begun(schedule, due)
    if (newest.at <= until) return {newest, count: countDue(schedule, {after, until: due})}
    end = due - 1
  }
  return undefined
}

/** More than this are not counted one by one. */
const COUNTED = 1000

function countDue(schedule: Timed, {after, until}: {readonly after: number; readonly until: number}): number {
  const cron = schedule.cron === undefined ? undefined : parseCron(schedule.cron)
  if (!cron)
    return schedule.every === undefined ? 0 : Math.floor(until / schedule.every) - Math.floor(after / schedule.every)
  return nextDue(cron, schedule.zone, {after, count: COUNTED}).filter(due => due <= until).length
}

function newestDue(
  {cron, every, zone}: Timed,
  span: {readonly after: number; readonly until: number},
): number | undefined {
  const parsed = cron === undefined ? undefined : parseCron(cron)
  if (parsed) return lastDue(parsed, zone, span)
  if (every === undefined) return undefined
  const due = Math.floor(span.until / every) * every
  return due > span.after ? due : undefined
}

const begun = (schedule: Timed, due: number): Due => ({due, at: due + jitterOf(schedule, due)})

/** The same for a schedule and a time wherever it is worked out, so that a restart changes nothing. */
function jitterOf(schedule: Timed, due: number): number {
  if (schedule.jitter === 0) return 0
  const share =
    createHash('sha256')
      .update(`${scheduleId(schedule)} ${due}`)
      .digest()
      .readUInt32BE() /
    2 ** 32
  return Math.floor(share * schedule.jitter)
}
