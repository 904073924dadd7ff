import type {PrunePlan} from './retention.ts'
import type {BackupEntry} from './rows.ts'

/** Keeps what a kept backup builds on: without its full backup an incremental one is nothing. Pure. */
export function keepChains(plan: PrunePlan, entries: readonly BackupEntry[]): PrunePlan {
  const needed = new Map<string, string>()
  const byId = new Map(entries.map(entry => [entry.id, entry]))
  for (const {id, action} of plan.decisions)
    if (action === 'keep') for (const need of byId.get(id)?.needs ?? []) if (!needed.has(need)) needed.set(need, id)
  if (needed.size === 0) return plan
  const decisions = plan.decisions.map(decision => {
    const by = needed.get(decision.id)
    return by === undefined || decision.action === 'keep'
      ? decision
      : {...decision, action: 'keep' as const, reason: `${by} builds on it`}
  })
  const removed = decisions.filter(({action}) => action === 'remove')
  return {
    decisions,
    remove: removed.map(({id}) => id),
    removeBytes: removed.reduce((sum, {storedBytes}) => sum + storedBytes, 0),
  }
}
