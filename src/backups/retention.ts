import {byCertainAge, clockFault, earliestMoment, isAhead, latestMoment} from './moment.ts'
import type {BackupEntry} from './rows.ts'

/** What prune would do with one backup, and why. */
export interface PruneDecision {
  readonly id: string
  readonly takenAt: number
  readonly storedBytes: number
  readonly action: 'keep' | 'remove'
  readonly reason: string
}

export interface PrunePlan {
  readonly decisions: readonly PruneDecision[]
  readonly remove: readonly string[]
  readonly removeBytes: number
}

/** Files of an unfinished backup younger than this may belong to one that is being written. */
const UNFINISHED_MS = 24 * 3_600_000

/**
 * Keeps the newest `keep` usable backups. Pure. A damaged or incomplete one never takes the place of a usable one, and
 * is kept for a look until enough newer good ones exist. Never removed: what is held, the newest good one, and (while
 * nothing is good) the newest unchecked one. Where clocks were wrong, only what is older for certain counts as older: one
 * that is dated in the future stays, and takes nobody's place.
 */
export function planPrune(entries: readonly BackupEntry[], keep: number, now: number): PrunePlan {
  const newestFirst = byCertainAge(entries, now)
  const dated = newestFirst.filter(entry => !isAhead(entry, now))
  const lastGood = dated.find(entry => entry.state === 'good' && entry.safety !== true)?.id
  const lastHope = lastGood ?? dated.find(entry => entry.state === 'unchecked')?.id
  const usable = dated.filter(isUsable)
  const decisions = newestFirst.map(entry => {
    const counts = usable.includes(entry)
    const rank = 1 + usable.filter(other => earliestMoment(other) > latestMoment(entry)).length
    const {action, reason} = decide(entry, {rank, keep, now, lastGood, lastHope, counts})
    return {id: entry.id, takenAt: entry.takenAt, storedBytes: entry.storedBytes, action, reason}
  })
  const removed = decisions.filter(decision => decision.action === 'remove')
  return {
    decisions,
    remove: removed.map(decision => decision.id),
    removeBytes: removed.reduce((sum, decision) => sum + decision.storedBytes, 0),
  }
}

const isUsable = (entry: BackupEntry): boolean =>
  entry.safety !== true && (entry.state === 'good' || entry.state === 'unchecked')

interface Standing {
  readonly rank: number
  readonly keep: number
  readonly now: number
  readonly lastGood: string | undefined
  readonly lastHope: string | undefined
  readonly counts: boolean
}

function decide(entry: BackupEntry, standing: Standing): Pick<PruneDecision, 'action' | 'reason'> {
  const keep = (reason: string): Pick<PruneDecision, 'action' | 'reason'> => ({action: 'keep', reason})
  const {rank, counts} = standing
  if (entry.held) return keep('under hold')
  if (isAhead(entry, standing.now)) return keep(`${clockFault(entry, standing.now)}; kept for a person`)
  if (entry.id === standing.lastGood) return keep('the newest good one always stays')
  if (entry.id === standing.lastHope) return keep('nothing is good yet: the newest unchecked one stays')
  if (entry.state === 'incomplete' && standing.now - entry.finishedAt < UNFINISHED_MS)
    return keep('incomplete, but less than a day old: it may be being written')
  if (rank <= standing.keep)
    return keep(counts ? `${rank} of the ${standing.keep} to keep` : `${wordOf(entry)}: kept for inspection`)
  return {
    action: 'remove',
    reason: counts
      ? `older than the newest ${standing.keep} usable ones`
      : `${wordOf(entry)}, and ${standing.keep} newer ones are usable`,
  }
}

const wordOf = (entry: BackupEntry): string => (entry.safety === true ? 'safety backup of a restore' : entry.state)
