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

/** The same plan without what something else keeps, for that reason. Pure. */
export function keepingWhat(plan: PrunePlan, kept: ReadonlySet<string>, reason: string): PrunePlan {
  const decisions = plan.decisions.map(one =>
    one.action === 'remove' && kept.has(one.id) ? {...one, action: 'keep' as const, reason} : one,
  )
  const removed = decisions.filter(({action}) => action === 'remove')
  return {
    ...plan,
    decisions,
    remove: plan.remove.filter(id => !kept.has(id)),
    removeBytes: removed.reduce((sum, {storedBytes}) => sum + storedBytes, 0),
  }
}

export interface PrunePlan {
  readonly decisions: readonly PruneDecision[]
  readonly remove: readonly string[]
  readonly removeBytes: number
}

/** What is kept. Each rule keeps on its own; what no rule keeps is removed. */
export interface RetentionPolicy {
  /** The newest usable ones. */
  readonly keep: number
  /** Of so many of the newest days, weeks (from Monday) and months with a usable backup, the newest of each; UTC. */
  readonly daily?: number
  readonly weekly?: number
  readonly monthly?: number
  /** Promised: the state at any moment of the last so many milliseconds can be brought back as well as today. */
  readonly windowMs?: number | undefined
}

/** Files of an unfinished backup younger than this may belong to one that is being written. */
const UNFINISHED_MS = 24 * 3_600_000

/**
 * What prune would do. Pure. A damaged or incomplete one never takes the place of a usable one, and is kept for a look until
 * enough newer good ones exist. Never removed: what is held, the newest good one, the newest that was restored and compared,
 * and (while nothing is good) the newest unchecked one. Where clocks were wrong, only what is older for certain counts as
 * older: one that is dated in the future stays, and takes nobody's place.
 */
export function planPrune(entries: readonly BackupEntry[], policy: RetentionPolicy | number, now: number): PrunePlan {
  const rules: RetentionPolicy = typeof policy === 'number' ? {keep: policy} : policy
  const newestFirst = byCertainAge(entries, now)
  const dated = newestFirst.filter(entry => !isAhead(entry, now))
  const usable = dated.filter(isUsable)
  const lastGood = dated.find(entry => entry.state === 'good' && entry.safety !== true)?.id
  const standing: Standing = {
    rules,
    now,
    lastGood,
    lastHope: lastGood ?? dated.find(entry => entry.state === 'unchecked')?.id,
    lastProven: usable.find(entry => entry.state === 'good' && entry.restoreTestedAt !== undefined)?.id,
    usable,
    periods: periodsOf(usable, rules),
  }
  const decisions = newestFirst.map(entry => ({
    id: entry.id,
    takenAt: entry.takenAt,
    storedBytes: entry.storedBytes,
    ...decide(entry, standing),
  }))
  const removed = decisions.filter(decision => decision.action === 'remove')
  return {
    decisions,
    remove: removed.map(decision => decision.id),
    removeBytes: removed.reduce((sum, decision) => sum + decision.storedBytes, 0),
  }
}

/** The same in each of several repositories on its own: what is in another one is a copy, and takes nobody's place. Pure. */
export function planEach(entries: readonly BackupEntry[], policy: RetentionPolicy, now: number): PrunePlan {
  const repositories = [...new Set(entries.map(({repository}) => repository))]
  const plans = repositories.map(one =>
    planPrune(
      entries.filter(({repository}) => repository === one),
      policy,
      now,
    ),
  )
  return {
    decisions: plans.flatMap(({decisions}) => decisions),
    remove: plans.flatMap(({remove}) => remove),
    removeBytes: plans.reduce((sum, {removeBytes}) => sum + removeBytes, 0),
  }
}

const isUsable = (entry: BackupEntry): boolean =>
  entry.safety !== true && (entry.state === 'good' || entry.state === 'unchecked')

interface Standing {
  readonly rules: RetentionPolicy
  readonly now: number
  readonly lastGood: string | undefined
  readonly lastHope: string | undefined
  readonly lastProven: string | undefined
  /** Newest first, none from the future. */
  readonly usable: readonly BackupEntry[]
  readonly periods: readonly KeptPeriods[]
}

type Decision = Pick<PruneDecision, 'action' | 'reason'>

function decide(entry: BackupEntry, standing: Standing): Decision {
  const keep = (reason: string): Decision => ({action: 'keep', reason})
  const {rules, usable, now} = standing
  const counts = usable.includes(entry)
  const rank = 1 + usable.filter(other => earliestMoment(other) > latestMoment(entry)).length
  if (entry.held) return keep('under hold')
  if (isAhead(entry, now)) return keep(`${clockFault(entry, now)}; kept for a person`)
  if (entry.id === standing.lastGood) return keep('the newest good one always stays')
  if (entry.id === standing.lastHope) return keep('nothing is good yet: the newest unchecked one stays')
  if (entry.id === standing.lastProven) return keep('the newest that was restored and compared always stays')
  if (entry.state === 'incomplete' && now - entry.finishedAt < UNFINISHED_MS)
    return keep('incomplete, but less than a day old: it may be being written')
  if (rank <= rules.keep)
    return keep(counts ? `${rank} of the ${rules.keep} to keep` : `${wordOf(entry)}: kept for inspection`)
  const reasons = counts ? ruledReasons(entry, standing) : []
  if (reasons.length > 0) return keep(reasons.join(', '))
  return {
    action: 'remove',
    reason: counts
      ? `older than the newest ${rules.keep} usable ones`
      : `${wordOf(entry)}, and ${rules.keep} newer ones are usable`,
  }
}

const wordOf = (entry: BackupEntry): string => (entry.safety === true ? 'safety backup of a restore' : entry.state)

function ruledReasons(entry: BackupEntry, {rules, now, usable, periods}: Standing): readonly string[] {
  const moments = [earliestMoment(entry), latestMoment(entry)]
  const reasons = periods.flatMap(({word, nameOf, newest}) => {
    const name = moments.map(nameOf).find(each => isNewestOf(entry, newest.get(each)))
    return name === undefined ? [] : [`the newest of ${word} ${name}`]
  })
  return rules.windowMs !== undefined && isWanted(entry, usable, now - rules.windowMs)
    ? [...reasons, 'needed for the promised window']
    : reasons
}

/** Of one period: it, or one of which nobody can say that it is older. */
const isNewestOf = (entry: BackupEntry, newest: BackupEntry | undefined): boolean =>
  newest !== undefined && (newest === entry || latestMoment(entry) >= earliestMoment(newest))

/** Within the window, or the one that shows the state at its beginning. */
const isWanted = (entry: BackupEntry, usable: readonly BackupEntry[], from: number): boolean =>
  latestMoment(entry) >= from ||
  !usable.some(other => earliestMoment(other) > latestMoment(entry) && latestMoment(other) <= from)

interface KeptPeriods {
  readonly word: string
  /** `2026-11-26`, `2026-11-23`, `2026-11`. */
  readonly nameOf: (at: number) => string
  /** The newest usable one of each period that is kept. */
  readonly newest: ReadonlyMap<string, BackupEntry>
}

const DAY_MS = 86_400_000
const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10)
/** The Monday of its week: 1970-01-01 was a Thursday. */
const weekOf = (at: number): string => {
  const day = Math.floor(at / DAY_MS)
  return dayOf((day - ((((day + 3) % 7) + 7) % 7)) * DAY_MS)
}
const monthOf = (at: number): string => dayOf(at).slice(0, 7)

function periodsOf(usable: readonly BackupEntry[], rules: RetentionPolicy): readonly KeptPeriods[] {
  const kept = (word: string, count: number, nameOf: (at: number) => string): KeptPeriods => {
    const newest = new Map<string, BackupEntry>()
    for (const entry of usable) {
      const name = nameOf(earliestMoment(entry))
      if (!newest.has(name) && newest.size < count) newest.set(name, entry)
    }
    return {word, nameOf, newest}
  }
  return [
    kept('day', rules.daily ?? 0, dayOf),
    kept('the week of', rules.weekly ?? 0, weekOf),
    kept('month', rules.monthly ?? 0, monthOf),
  ]
}
