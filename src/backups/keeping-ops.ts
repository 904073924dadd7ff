import {OpsError} from '../errors.ts'
import {escapeLine} from '../text/escape.ts'
import type {BackupConfig} from './config.ts'
import type {OpsContext} from './context.ts'
import {byCertainAge, clockFault, isAhead, latestMoment} from './moment.ts'
import {keepChains} from './chains.ts'
import {planEach, type PrunePlan, type RetentionPolicy} from './retention.ts'
import type {BackupEntry} from './rows.ts'

/** newest: the newest usable one · random: any usable one, so that old backups are tested too · or an id. */
export type Pick = 'newest' | 'random' | {readonly id: string} | RandomWithin

/** One of those taken in the last so many milliseconds, each as likely as the others. */
export interface RandomWithin {
  readonly randomWithinMs: number
}

/** What is there, and what stays. */
export interface KeepingOps {
  /** The catalogue, newest first. Reads manifests, not the backups. */
  list(): Promise<readonly BackupEntry[]>
  /**
   * Good or unchecked ones only, no safety backup of a restore, and none that is dated in the future, except by id.
   * Raises `backup/missing`, `backup/damaged`.
   */
  pick(pick: Pick): Promise<BackupEntry>
  /** What prune would remove and why. `keep` defaults to the configured count. */
  prunePlan(keep?: number): Promise<PrunePlan>
  /** Removes these backups if a plan made now would remove them as well. Raises `backup/held`. */
  prune(ids: readonly string[], keep?: number): Promise<readonly string[]>
  /** Keeps a backup from being pruned. Raises `backup/missing`. */
  hold(id: string, hold: {readonly by: string; readonly reason: string}): Promise<void>
  releaseHold(id: string): Promise<void>
}

/** Nobody wants back what a restore has just replaced, unless they name it. */
const usable = (entry: BackupEntry): boolean =>
  entry.safety !== true && (entry.state === 'good' || entry.state === 'unchecked')

/** What is configured; `keep` in the place of the configured number. */
export function policyOf({keep: configured, retention}: BackupConfig, keep = configured): RetentionPolicy {
  const {daily, weekly, monthly, window: windowMs} = retention
  return {keep, daily, weekly, monthly, windowMs}
}

/** Removes these, which a plan of this moment says. */
export async function removeListed(
  {catalog, source, tools}: OpsContext,
  ids: readonly string[],
): Promise<readonly string[]> {
  const removed: string[] = []
  for (const id of ids) {
    await tools.act(`remove backup ${id} from ${source.address}`, signal => catalog.remove(id, signal), undefined)
    removed.push(id)
    tools.progress(removed.length, ids.length, 'backups')
  }
  return removed
}

export function createKeepingOps(context: OpsContext): KeepingOps {
  const {catalog, source, tools} = context
  const {name} = source.backup
  const prunePlan = async (keep?: number): Promise<PrunePlan> => {
    const entries = await catalog.list(tools.signal)
    return keepChains(planEach(entries, policyOf(source.backup, keep), tools.clock.now()), entries)
  }
  return {
    list: () => catalog.list(tools.signal),
    prunePlan,
    async pick(pick) {
      const entries = await catalog.list(tools.signal)
      if (typeof pick === 'object' && 'id' in pick) return named(entries, pick.id, source.address)
      const now = tools.clock.now()
      const ahead = entries.filter(entry => usable(entry) && isAhead(entry, now))
      for (const entry of ahead) tools.log(`backup ${entry.id} is left out: ${clockFault(entry, now)}`)
      const candidates = byCertainAge(entries, now).filter(entry => usable(entry) && !isAhead(entry, now))
      const [newest] = candidates
      if (newest === undefined)
        throw new OpsError('backup/missing', `there is no usable backup of ${name} in ${source.address}`, {
          hint:
            entries.length === 0
              ? 'Take one: `opsconsole backup create`.'
              : ahead.length > 0
                ? `Dated in the future, so to be named by its id: ${ahead.map(entry => entry.id).join(', ')}.`
                : 'See `opsconsole backup list`.',
        })
      if (pick === 'newest') return newest
      const from = typeof pick === 'object' ? now - pick.randomWithinMs : 0
      const among = candidates.filter(entry => latestMoment(entry) >= from)
      const chosen = among[Math.floor(Math.random() * among.length)]
      if (chosen !== undefined) return chosen
      throw new OpsError('backup/missing', `no usable backup of ${name} is young enough`, {
        hint: `The newest is ${newest.id}: ask for a longer time, or take another one.`,
      })
    },
    async prune(ids, keep) {
      const now = await prunePlan(keep)
      const refused = ids.filter(id => !now.remove.includes(id))
      if (refused.length > 0)
        throw new OpsError('backup/held', `${refused.join(', ')} may not be removed now`, {
          hint: 'The catalogue changed since the plan was shown; look at the new plan.',
        })
      return removeListed(context, ids)
    },
    async hold(id, hold) {
      const entry = named(await catalog.list(tools.signal), id, source.address)
      const value = {
        v: 1,
        at: tools.clock.now(),
        by: escapeLine(hold.by, 80),
        reason: escapeLine(hold.reason, 300),
      } as const
      await tools.act(
        `hold backup ${entry.id} of ${name}`,
        signal => catalog.writeRecord(entry.id, 'hold', value, signal),
        undefined,
      )
    },
    async releaseHold(id) {
      const entry = named(await catalog.list(tools.signal), id, source.address)
      await tools.act(
        `release the hold on backup ${entry.id} of ${name}`,
        signal => catalog.removeRecord(entry.id, 'hold', signal),
        undefined,
      )
    },
  }
}

function named(entries: readonly BackupEntry[], id: string, location: string): BackupEntry {
  const found = entries.find(entry => entry.id === id)
  if (found !== undefined) return found
  throw new OpsError('backup/missing', `there is no backup ${escapeLine(id, 60)} in ${location}`, {
    hint: '`opsconsole backup list` shows what is there.',
  })
}
