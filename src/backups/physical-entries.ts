import {escapeLine} from '../text/escape.ts'
import {withSizeChanges} from './judge.ts'
import type {JudgedBackup, PhysicalEntry, RepositoryView} from './methods/repository.ts'
import type {HoldRecord, RestoredRecord, VerifiedRecord} from './records.ts'

/** What our storage has about one backup of a repository. */
export interface PhysicalRecords {
  readonly verified: VerifiedRecord | undefined
  readonly restored: RestoredRecord | undefined
  readonly hold: HoldRecord | undefined
}

/** The repository's catalogue as entries of ours, newest first. Sizes are compared among backups of one kind. Pure. */
export function physicalEntries(
  view: RepositoryView,
  recordsOf: (label: string) => PhysicalRecords,
): readonly PhysicalEntry[] {
  const entries = view.backups.map(backup => entryOf(backup, view, recordsOf(backup.label)))
  const compared = (['full', 'diff', 'incr'] as const).flatMap(kind =>
    withSizeChanges(entries.filter(entry => entry.kind === kind)),
  )
  const byId = new Map(compared.map(entry => [entry.id, entry]))
  return entries.map(entry => byId.get(entry.id) ?? entry)
}

function entryOf(backup: JudgedBackup, view: RepositoryView, records: PhysicalRecords): PhysicalEntry {
  const verified = records.verified?.manifest === backup.digest ? records.verified : undefined
  const restored = records.restored?.manifest === backup.digest ? records.restored : undefined
  return {
    id: backup.label,
    kind: backup.kind,
    needs: backup.needs,
    takenAt: backup.stoppedAt,
    finishedAt: backup.stoppedAt,
    durationMs: backup.stoppedAt - backup.startedAt,
    databaseBytes: backup.databaseBytes,
    storedBytes: backup.storedBytes,
    sizeChange: undefined,
    ...stateOf(backup, view.repositories, verified, restored),
    encrypted: view.readable.find(({number}) => number === backup.repository)?.cipher !== 'none',
    ...(view.repositories === 1 ? {} : {repository: backup.repository}),
    ...(restored?.ok === false ? {restoreFailed: true} : {}),
    verifiedAt: verified?.ok === true ? verified.at : undefined,
    restoreTestedAt: restored?.ok === true ? restored.at : undefined,
    held: records.hold !== undefined,
    ...(backup.annotations['purpose'] === 'safety' ? {safety: true} : {}),
    run: backup.annotations['run'] === undefined ? undefined : escapeLine(backup.annotations['run'], 80),
  }
}

function stateOf(
  backup: JudgedBackup,
  repositories: number,
  verified: VerifiedRecord | undefined,
  restored: RestoredRecord | undefined,
): Pick<PhysicalEntry, 'state' | 'reason'> {
  const why = backup.annotations['reason']
  const place = repositories === 1 ? [] : [`in repository ${backup.repository}`]
  const reason = (text: string): string =>
    escapeLine([backup.kind, ...place, text, ...(why === undefined ? [] : [why])].join(', '), 300)
  if (backup.fault !== undefined) return {state: 'damaged', reason: escapeLine(backup.fault, 300)}
  if (verified?.ok === false)
    return {state: 'damaged', reason: escapeLine(`${verified.fault}: ${verified.reason}`, 300)}
  if (restored?.ok === false)
    return {state: 'damaged', reason: escapeLine(`restore test failed: ${restored.reason}`, 300)}
  if (restored !== undefined) return {state: 'good', reason: reason('restored and compared')}
  if (verified === undefined) return {state: 'unchecked', reason: reason('not verified yet')}
  return {state: 'good', reason: reason('read completely')}
}
