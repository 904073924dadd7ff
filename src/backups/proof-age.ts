import type {DrillRecord} from './records.ts'
import type {BackupEntry} from './rows.ts'

/** How long ago one of these backups was last restored, and what came back was good. Nothing when none ever was. Pure. */
export function proofAge(
  entries: readonly Pick<BackupEntry, 'restoreTestedAt'>[],
  drills: readonly Pick<DrillRecord, 'ok' | 'endedAt'>[],
  now: number,
): {readonly proofAgeMs?: number} {
  const proofs = [
    ...entries.flatMap(({restoreTestedAt}) => restoreTestedAt ?? []),
    ...drills.filter(({ok}) => ok).map(({endedAt}) => endedAt),
  ]
  return proofs.length === 0 ? {} : {proofAgeMs: Math.max(0, now - Math.max(...proofs))}
}
