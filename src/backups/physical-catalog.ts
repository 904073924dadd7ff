import {OpsError} from '../errors.ts'
import {escapeLine} from '../text/escape.ts'
import {type Catalog, readRecord, recordName} from './catalog.ts'
import {physicalEntries} from './physical-entries.ts'
import type {BackupRepository, PhysicalEntry, RepositoryView} from './methods/repository.ts'
import {type BackupStorage, storeText} from './storage/storage.ts'

/** The catalogue of a repository that keeps its own: read from it each time, with what our storage has about it. */
export function physicalCatalog(repository: BackupRepository, storage: BackupStorage): Catalog {
  const noManifest = (): never => {
    throw new OpsError('usage/arguments', 'a backup of pgBackRest has no manifest of ours', {
      hint: 'Use the runbook restore-pitr.',
    })
  }
  return {
    storage,
    async list(signal = AbortSignal.timeout(LIST_MS)) {
      return entriesOf(await repository.read(signal), storage, signal)
    },
    manifest: async () => noManifest(),
    publishManifest: async () => noManifest(),
    signature: async () => undefined,
    sign: async () => noManifest(),
    writeRecord: (label, kind, value, signal) =>
      storeText(storage, recordName(label, kind), `${JSON.stringify(value, null, 1)}\n`, signal),
    removeRecord: (label, kind, signal) => storage.remove([recordName(label, kind)], signal),
    async remove(label, signal = AbortSignal.timeout(REMOVE_MS)) {
      await repository.remove(label, signal)
      await storage.remove(
        KINDS.map(kind => recordName(label, kind)),
        signal,
      )
    },
  }
}

const KINDS = ['verified', 'restored', 'hold'] as const
const LIST_MS = 60_000
const REMOVE_MS = 3_600_000

/** The entries of a repository with what our storage has about each. */
export async function entriesOf(
  view: RepositoryView,
  storage: BackupStorage,
  signal: AbortSignal,
): Promise<readonly PhysicalEntry[]> {
  const names = view.backups.flatMap(({label}) => KINDS.map(kind => recordName(label, kind)))
  const there = new Set((await storage.list(signal)).filter(({whole}) => whole).map(({name}) => name))
  const texts = await storage.readTexts(
    names.filter(name => there.has(name)),
    signal,
  )
  return physicalEntries(view, label => ({
    verified: readRecord(texts.get(recordName(label, 'verified')), 'verified'),
    restored: readRecord(texts.get(recordName(label, 'restored')), 'restored'),
    hold: readRecord(texts.get(recordName(label, 'hold')), 'hold'),
  }))
}

/** Raises `backup/missing`. */
export async function digestOf(repository: BackupRepository, label: string, signal: AbortSignal): Promise<string> {
  const found = (await repository.read(signal)).backups.find(backup => backup.label === label)
  if (found !== undefined) return found.digest
  throw new OpsError('backup/missing', `there is no backup ${escapeLine(label, 60)} in ${repository.address}`, {
    hint: '`opsconsole backup list` shows what is there.',
  })
}
