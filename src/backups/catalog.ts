import {messageOf, OpsError} from '../errors.ts'
import {escapeLine} from '../text/escape.ts'
import {judgeEntry, withSizeChanges} from './judge.ts'
import {type Manifest, manifestDigest, parseManifest, sealManifest, storedName} from './manifest.ts'
import {type RecordKind, type RecordOf, RECORDS} from './records.ts'
import type {BackupEntry} from './rows.ts'
import type {BackupSource} from './source.ts'
import {type DirectoryStore, directoryStore, PARTIAL} from './storage/dir/store.ts'

/** A manifest as it lies in storage. */
export interface FoundManifest {
  readonly manifest: Manifest
  /** Of its text; records about the backup carry it. */
  readonly digest: string
}

/** The catalogue is the directory itself: it survives the loss of this host because it lives with the backups. */
export interface Catalog {
  readonly store: DirectoryStore
  /** Newest first. Reads manifests and records, never the backups themselves. */
  list(): Promise<readonly BackupEntry[]>
  /** Raises `backup/missing` when there is no such backup, `backup/damaged` when its manifest is not whole. */
  manifest(id: string): Promise<FoundManifest>
  publishManifest(manifest: Manifest): Promise<void>
  record<Kind extends RecordKind>(id: string, kind: Kind): Promise<RecordOf<Kind> | undefined>
  writeRecord<Kind extends RecordKind>(id: string, kind: Kind, value: RecordOf<Kind>): Promise<void>
  removeRecord(id: string, kind: RecordKind): Promise<void>
  /** Removes a backup with all that lies beside it; its manifest goes first, so that a half removal is never good. */
  remove(id: string): Promise<void>
}

const MANIFEST = '.manifest.json'
const ID = /^(\d{8}-\d{6}-[0-9a-f]{4})\.(dump\.zst\.age|manifest\.json)(\.partial)?$/
/** More than this in one catalogue is not shown; the newest are. */
const SHOWN = 500

export function openCatalog(source: BackupSource): Catalog {
  const store = directoryStore(source.directory)
  const recordName = (id: string, kind: RecordKind): string => `${id}.${kind}.json`

  async function record<Kind extends RecordKind>(id: string, kind: Kind): Promise<RecordOf<Kind> | undefined> {
    const text = await store.readText(recordName(id, kind))
    if (text === undefined) return undefined
    const parsed = RECORDS[kind].safeParse(parseJson(text))
    // A damaged record proves nothing, so the backup counts as unchecked. A damaged hold still holds.
    if (parsed.success) return parsed.data as RecordOf<Kind>
    return kind === 'hold'
      ? ({v: 1, at: 0, by: 'unknown', reason: 'the hold record is damaged'} as RecordOf<Kind>)
      : undefined
  }

  async function manifest(id: string): Promise<FoundManifest> {
    const text = await store.readText(`${id}${MANIFEST}`)
    if (text === undefined)
      throw new OpsError('backup/missing', `there is no backup ${escapeLine(id, 60)} in ${store.location}`, {
        hint: '`opsconsole backup list` shows what is there.',
      })
    try {
      return {manifest: bound(parseManifest(text, id), source), digest: manifestDigest(text)}
    } catch (cause) {
      throw new OpsError('backup/damaged', `backup ${id}: ${escapeLine(messageOf(cause), 300)}`, {cause})
    }
  }

  async function entryOf(id: string, names: ReadonlySet<string>): Promise<BackupEntry> {
    const file = await store.stat(storedName(id))
    const partial = await store.stat(`${storedName(id)}${PARTIAL}`)
    const hasManifest = names.has(`${id}${MANIFEST}`)
    const found = hasManifest ? await manifest(id).catch((error: unknown) => new Error(messageOf(error))) : undefined
    return judgeEntry({
      id,
      found,
      file: file ?? partial,
      verified: await record(id, 'verified'),
      restored: await record(id, 'restored'),
      hold: await record(id, 'hold'),
    })
  }

  return {
    store,
    manifest,
    record,
    async list() {
      const names = await store.names()
      const ids = new Set(names.flatMap(name => ID.exec(name)?.[1] ?? []))
      const newest = [...ids].sort().reverse().slice(0, SHOWN)
      const entries: BackupEntry[] = []
      for (const id of newest) entries.push(await entryOf(id, new Set(names)))
      return withSizeChanges(entries.sort((left, right) => right.takenAt - left.takenAt))
    },
    publishManifest: value => store.writeText(`${value.id}${MANIFEST}`, sealManifest(value)),
    writeRecord: (id, kind, value) => store.writeText(recordName(id, kind), `${JSON.stringify(value, null, 1)}\n`),
    removeRecord: (id, kind) => store.remove(recordName(id, kind)),
    async remove(id) {
      await store.remove(`${id}${MANIFEST}`)
      for (const name of await store.names()) if (name.startsWith(`${id}.`)) await store.remove(name)
    },
  }
}

/** A backup of another database in this directory must never be restored as this one. */
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
