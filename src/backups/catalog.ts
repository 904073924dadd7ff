import {OpsError} from '../errors.ts'
import {escapeLine} from '../text/escape.ts'
import {judgeEntry, withSizeChanges} from './judge.ts'
import {
  type FoundManifest,
  globalsName,
  type Manifest,
  manifestDigest,
  parseManifest,
  sealManifest,
  storedName,
} from './manifest.ts'
import {type RecordKind, type RecordOf, RECORDS} from './records.ts'
import type {BackupEntry} from './rows.ts'
import type {BackupSource} from './source.ts'
import {type BackupStorage, type StoredFile, storeText} from './storage/storage.ts'

/** The catalogue is the storage itself: it survives the loss of this host because it lives with the backups. */
export interface Catalog {
  readonly storage: BackupStorage
  /** Newest first. Reads manifests and records, never the backups themselves. */
  list(signal?: AbortSignal): Promise<readonly BackupEntry[]>
  /** Raises `backup/missing` when there is no such backup, `backup/damaged` when its manifest is not whole. */
  manifest(id: string, signal?: AbortSignal): Promise<FoundManifest>
  publishManifest(manifest: Manifest, signal?: AbortSignal): Promise<void>
  writeRecord<Kind extends RecordKind>(
    id: string,
    kind: Kind,
    value: RecordOf<Kind>,
    signal?: AbortSignal,
  ): Promise<void>
  removeRecord(id: string, kind: RecordKind, signal?: AbortSignal): Promise<void>
  /** Removes a backup with all that lies beside it; its manifest goes first, so that a half removal is never good. */
  remove(id: string, signal?: AbortSignal): Promise<void>
}

const ID = /^(\d{8}-\d{6}-[0-9a-f]{4})\.(?:dump\.zst\.age|manifest\.json)$/
/** More than this in one catalogue is not shown; the newest are. */
const SHOWN = 500

const manifestName = (id: string): string => `${id}.manifest.json`
export const recordName = (id: string, kind: RecordKind): string => `${id}.${kind}.json`
const textNames = (id: string): readonly string[] => [
  manifestName(id),
  ...(['verified', 'restored', 'hold'] as const).map(kind => recordName(id, kind)),
]

export function openCatalog(source: BackupSource, storage: BackupStorage): Catalog {
  return {
    storage,
    async list(signal) {
      const files = await storage.list(signal)
      const ids = new Set(files.flatMap(({name}) => ID.exec(name)?.[1] ?? []))
      const newest = [...ids].sort().reverse().slice(0, SHOWN)
      const there = new Set(files.filter(({whole}) => whole).map(({name}) => name))
      const texts = await storage.readTexts(
        newest.flatMap(id => textNames(id).filter(name => there.has(name))),
        signal,
      )
      const stored = storedFiles(files)
      const entries = newest.map(id =>
        entryOf(id, {source, texts, file: stored.get(storedName(id)), globals: stored.get(globalsName(id))}),
      )
      return withSizeChanges(entries.sort((left, right) => right.takenAt - left.takenAt))
    },
    async manifest(id, signal) {
      const text = (await storage.readTexts([manifestName(id)], signal)).get(manifestName(id))
      if (text === undefined)
        throw new OpsError('backup/missing', `there is no backup ${escapeLine(id, 60)} in ${storage.address}`, {
          hint: '`opsconsole backup list` shows what is there.',
        })
      const found = foundManifest(id, text, source)
      if (found instanceof Error)
        throw new OpsError('backup/damaged', `backup ${id}: ${escapeLine(found.message, 300)}`, {cause: found})
      return found
    },
    publishManifest: (value, signal) => storeText(storage, manifestName(value.id), sealManifest(value), signal),
    writeRecord: (id, kind, value, signal) =>
      storeText(storage, recordName(id, kind), `${JSON.stringify(value, null, 1)}\n`, signal),
    removeRecord: (id, kind, signal) => storage.remove([recordName(id, kind)], signal),
    async remove(id, signal) {
      await storage.remove([manifestName(id)], signal)
      const names = (await storage.list(signal)).map(({name}) => name).filter(name => name.startsWith(`${id}.`))
      await storage.remove([...new Set(names)], signal)
    },
  }
}

/** By name; what is whole counts before what another writer has begun. */
const storedFiles = (files: readonly StoredFile[]): ReadonlyMap<string, StoredFile> =>
  new Map([...files].sort((one, two) => Number(one.whole) - Number(two.whole)).map(file => [file.name, file]))

function entryOf(
  id: string,
  seen: {
    readonly source: BackupSource
    readonly texts: ReadonlyMap<string, string | Error>
    readonly file: StoredFile | undefined
    readonly globals: StoredFile | undefined
  },
): BackupEntry {
  const text = seen.texts.get(manifestName(id))
  const found = text === undefined ? undefined : foundManifest(id, text, seen.source)
  return judgeEntry({
    id,
    found,
    file: seen.file,
    globals: seen.globals,
    verified: readRecord(seen.texts.get(recordName(id, 'verified')), 'verified'),
    restored: readRecord(seen.texts.get(recordName(id, 'restored')), 'restored'),
    hold: readRecord(seen.texts.get(recordName(id, 'hold')), 'hold'),
  })
}

function foundManifest(id: string, text: string | Error, source: BackupSource): FoundManifest | Error {
  if (typeof text !== 'string') return text
  try {
    return {manifest: bound(parseManifest(text, id), source), digest: manifestDigest(text)}
  } catch (cause) {
    return cause as Error
  }
}

/** Undefined for one that is not whole. */
export function readRecord<Kind extends RecordKind>(
  text: string | Error | undefined,
  kind: Kind,
): RecordOf<Kind> | undefined {
  if (text === undefined) return undefined
  const parsed = RECORDS[kind].safeParse(typeof text === 'string' ? parseJson(text) : undefined)
  // A damaged record proves nothing, so the backup counts as unchecked. A damaged hold still holds.
  if (parsed.success) return parsed.data as RecordOf<Kind>
  return kind === 'hold'
    ? ({v: 1, at: 0, by: 'unknown', reason: 'the hold record is damaged'} as RecordOf<Kind>)
    : undefined
}

/** A backup of another database in this storage must never be restored as this one. */
function bound(manifest: Manifest, source: BackupSource): Manifest {
  const {backup} = source
  if (manifest.environment !== backup.environment || manifest.backup !== backup.name)
    throw new Error(`the manifest is of ${manifest.environment}/${manifest.backup}, copied here`)
  return manifest
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Sorts by time as text; the last part keeps two backups of one second apart. */
export function newBackupId(at: number, random: Uint8Array): string {
  const digits = new Date(at).toISOString().replace(/\D/g, '')
  return `${digits.slice(0, 8)}-${digits.slice(8, 14)}-${Buffer.from(random).toString('hex').slice(0, 4)}`
}
