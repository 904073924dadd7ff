import {readRecord, recordName} from './catalog.ts'
import type {RepositoryView} from './methods/repository.ts'
import type {BackupStorage} from './storage/storage.ts'

/** How long a restore of so many bytes would take by the last that was measured; undefined before the first. */
export async function lastRestore(
  storage: BackupStorage,
  view: RepositoryView,
  databaseBytes: number,
  signal: AbortSignal,
): Promise<number | undefined> {
  const texts = await storage.readTexts(
    view.backups.map(({label}) => recordName(label, 'restored')),
    signal,
  )
  const measured = view.backups.flatMap(backup => {
    const record = readRecord(texts.get(recordName(backup.label, 'restored')), 'restored')
    return record?.ok === true && record.durationMs > 0 && record.manifest === backup.digest ? [{backup, record}] : []
  })
  const newest = measured.toSorted((left, right) => right.record.at - left.record.at)[0]
  if (newest === undefined || newest.backup.databaseBytes === 0) return undefined
  return Math.round((newest.record.durationMs * databaseBytes) / newest.backup.databaseBytes)
}
