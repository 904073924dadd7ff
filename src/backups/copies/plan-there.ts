import {keepChains} from '../chains.ts'
import {keepingWhat, planPrune, type PrunePlan, type RetentionPolicy} from '../retention.ts'
import type {BackupEntry} from '../rows.ts'

/** The same backups in two places. */
export interface TwoPlaces {
  /** Of the first place, with its address. */
  readonly here: readonly BackupEntry[]
  readonly address: string
  readonly there: readonly BackupEntry[]
}

/**
 * What prune would do in another place. What is known of a backup in the first place is true of its copy: a hold, a restore
 * that was proved, and one that failed, after which it takes nobody's place. What the first place has stays: it would be
 * copied again. Pure.
 */
export function planThere({here, address, there}: TwoPlaces, policy: RetentionPolicy, now: number): PrunePlan {
  const first = new Map(here.map(entry => [entry.id, entry]))
  const known = there.map(entry => withWhatIsKnown(entry, first.get(entry.id)))
  const good = here.filter(({state}) => state === 'good').map(({id}) => id)
  return keepingWhat(keepChains(planPrune(known, policy, now), known), new Set(good), `${address} has it`)
}

function withWhatIsKnown(copy: BackupEntry, original: BackupEntry | undefined): BackupEntry {
  if (original === undefined) return copy
  const restoreTestedAt = copy.restoreTestedAt ?? original.restoreTestedAt
  const failed = original.restoreFailed === true && (copy.state === 'good' || copy.state === 'unchecked')
  return {
    ...copy,
    held: copy.held || original.held,
    restoreTestedAt: failed ? undefined : restoreTestedAt,
    ...(failed ? {state: 'damaged', reason: original.reason} : {}),
  }
}
