import type {Health} from '../monitors/sample.ts'
import {formatDuration} from '../units/duration.ts'
import {sizeAnomaly} from './size-anomaly.ts'
import {byCertainAge, clockFault, earliestMoment, isAhead} from './moment.ts'
import {DRILL_STOPPED, type DrillRecord, RESTORE_FAILED} from './records.ts'
import type {BackupEntry} from './rows.ts'

/** The one that counts against the recovery point objective: never one that is dated in the future. */
export const newestGood = (entries: readonly BackupEntry[], now: number): BackupEntry | undefined =>
  byCertainAge(entries, now).find(entry => isGood(entry) && !isAhead(entry, now))

const isGood = (entry: BackupEntry): boolean => entry.state === 'good' && entry.safety !== true

interface Judgement {
  readonly status: Health
  readonly reason: string
}

/** What the last drill found out holds until another one has passed. Pure. */
export function withDrills(judged: Judgement, drills: readonly Pick<DrillRecord, 'ok' | 'reason'>[]): Judgement {
  const last = drills.find(drill => !drill.reason.startsWith(DRILL_STOPPED))
  if (last === undefined || last.ok || judged.status === 'down') return judged
  const failed = `the last restore drill failed: ${last.reason}`
  return {status: 'degraded', reason: judged.status === 'up' ? failed : `${judged.reason}; ${failed}`}
}

/** A copy that is not there is missed on the day when the first place burns. Pure. */
export const withCopies = (judged: Judgement, fault: string | undefined): Judgement =>
  fault === undefined || judged.status !== 'up' ? judged : {status: 'degraded', reason: fault}

/** Whether what is there would do, and why not. Pure. */
export function judgeCatalog(entries: readonly BackupEntry[], rpoMs: number, now: number): Judgement {
  const good = newestGood(entries, now)
  const [newest] = byCertainAge(entries, now)
  if (newest === undefined) return {status: 'down', reason: 'no backup has been taken'}
  const ahead = entries.find(entry => isGood(entry) && isAhead(entry, now))
  const fault = ahead === undefined ? undefined : `backup ${ahead.id} was ${clockFault(ahead, now)}`
  if (good === undefined && fault !== undefined)
    return {status: 'degraded', reason: `${fault}; no other is good, so nobody knows how old the newest is`}
  // It was read completely, so its data is there, and a person can bring it back; that is less than a good one.
  if (good === undefined && newest.reason.startsWith(RESTORE_FAILED) && now - earliestMoment(newest) <= rpoMs)
    return {status: 'degraded', reason: `the newest backup cannot be restored: ${newest.reason}`}
  if (good === undefined) return {status: 'down', reason: withoutGood(entries, newest)}
  const age = now - earliestMoment(good)
  if (age > rpoMs)
    return {
      status: 'down',
      reason: `newest good backup is ${formatDuration(age)} old, objective ${formatDuration(rpoMs)}${fault === undefined ? '' : `; ${fault}`}`,
    }
  const clock = fault ?? skewFault(good, now)
  if (clock !== undefined)
    return {status: 'degraded', reason: `${clock}; newest good backup is ${formatDuration(age)} old`}
  if (newest.state === 'damaged' || (newest.state === 'incomplete' && now - newest.finishedAt > 3_600_000))
    return {status: 'degraded', reason: `the newest backup is ${newest.state}: ${newest.reason}`}
  if (sizeAnomaly(good.sizeChange))
    return {status: 'degraded', reason: `the newest good backup has ${percent(good.sizeChange ?? 0)} of the usual size`}
  return {status: 'up', reason: `newest good backup is ${formatDuration(age)} old, ${entries.length} kept`}
}

function skewFault(good: BackupEntry, now: number): string | undefined {
  const fault = clockFault(good, now)
  return fault === undefined ? undefined : `backup ${good.id}: ${fault}`
}

/** A good one that does not count is named with why: else "no good backup; the newest is good" is a riddle. */
function withoutGood(entries: readonly BackupEntry[], newest: BackupEntry): string {
  const safety = entries.find(entry => entry.state === 'good' && entry.safety === true)
  const regular = entries.find(entry => entry.safety !== true)
  const state =
    regular === undefined ? 'no regular one has been taken' : `the newest is ${regular.state}: ${regular.reason}`
  return safety === undefined
    ? `no good backup; the newest is ${newest.state}: ${newest.reason}`
    : `no good backup that counts; ${state} (${safety.id} is the safety backup of a restore, which counts for no objective)`
}

const percent = (change: number): string => `${Math.round((1 + change) * 100)} %`
