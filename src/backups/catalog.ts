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
import {type BackupSource, storingMethod} from './source.ts'
import type {Signatures} from './signing/signatures.ts'
import type {SignatureVerdict} from './signing/ssh-signature.ts'
import {type BackupStorage, type StoredFile, storeText} from './storage/storage.ts'

/** The catalogue is the storage itself: it survives the loss of this host because it lives with the backups. */
export interface Catalog {
  readonly storage: BackupStorage
  /** Newest first. Reads manifests and records, never the backups themselves. */
  list(signal?: AbortSignal): Promise<readonly BackupEntry[]>
  /**
   * Raises `backup/missing` when there is no such backup, `backup/damaged` when its manifest is not whole, and
   * `backup/untrusted` when it is not signed by an allowed key though signatures are configured.
   */
  manifest(id: string, signal?: AbortSignal): Promise<FoundManifest>
  publishManifest(manifest: Manifest, signal?: AbortSignal): Promise<void>
  /** Undefined when signatures are not configured. */
  signature(id: string, signal?: AbortSignal): Promise<SignatureVerdict | undefined>
  /** Signs a manifest that is there, in place of its signature. */
  sign(id: string, signal?: AbortSignal): Promise<void>
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

const ID = /^(\d{8}-\d{6}-[0-9a-f]{4})\.(?:(?:dump|sqlite|rdb|files)\.zst\.age|manifest\.json)$/
/** More than this in one catalogue is not shown; the newest are. */
const SHOWN = 500

export const manifestName = (id: string): string => `${id}.manifest.json`
export const recordName = (id: string, kind: RecordKind): string => `${id}.${kind}.json`
export const signatureName = (id: string): string => `${manifestName(id)}.sig`
const textNames = (id: string): readonly string[] => [
  manifestName(id),
  signatureName(id),
  ...(['verified', 'restored', 'hold'] as const).map(kind => recordName(id, kind)),
]

export function openCatalog(source: BackupSource, storage: BackupStorage, signatures?: Signatures): Catalog {
  async function readManifest(
    id: string,
    signal?: AbortSignal,
  ): Promise<{text: string; signature: string | undefined}> {
    const texts = await storage.readTexts([manifestName(id), signatureName(id)], signal)
    const text = texts.get(manifestName(id))
    const signature = texts.get(signatureName(id))
    if (typeof text === 'string') return {text, signature: typeof signature === 'string' ? signature : undefined}
    if (text !== undefined) throw damaged(id, text)
    throw new OpsError('backup/missing', `there is no backup ${escapeLine(id, 60)} in ${storage.address}`, {
      hint: '`opsconsole backup list` shows what is there.',
    })
  }
  const signText = async (id: string, text: string, signal?: AbortSignal): Promise<void> => {
    if (signatures?.sign !== undefined)
      await storeText(storage, signatureName(id), await signatures.sign(text, signal), signal)
  }
  const method = storingMethod(source)
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
      const untrusted = await untrustedOf(newest, texts, signatures, signal)
      const entries = newest.map(id => {
        const files = {file: stored.get(storedName(id, method)), globals: stored.get(globalsName(id))}
        const entry = entryOf(id, {source, texts, ...files})
        const reason = untrusted.get(id)
        return reason === undefined ? entry : {...entry, state: 'damaged' as const, reason: `not trusted: ${reason}`}
      })
      return withSizeChanges(entries.sort((left, right) => right.takenAt - left.takenAt))
    },
    async manifest(id, signal) {
      const {text, signature} = await readManifest(id, signal)
      const found = foundManifest(id, text, source)
      if (found instanceof Error) throw damaged(id, found)
      const verdict = await signatures?.check(text, signature, signal)
      if (verdict?.ok === false) throw untrustedError(id, verdict)
      return found
    },
    async publishManifest(value, signal) {
      const text = sealManifest(value)
      // Before the manifest: without that there is no backup yet, so none is ever seen unsigned.
      await signText(value.id, text, signal)
      await storeText(storage, manifestName(value.id), text, signal)
    },
    async signature(id, signal) {
      if (signatures === undefined) return undefined
      const {text, signature} = await readManifest(id, signal)
      return signatures.check(text, signature, signal)
    },
    async sign(id, signal) {
      if (signatures?.sign === undefined)
        throw new OpsError('config/invalid', 'this host has no key to sign backups with', {
          hint: 'Set signing.key of the backup.',
        })
      await signText(id, (await readManifest(id, signal)).text, signal)
    },
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

const damaged = (id: string, cause: Error): OpsError =>
  new OpsError('backup/damaged', `backup ${id}: ${escapeLine(cause.message, 300)}`, {cause})

function untrustedError(id: string, {reason, token}: SignatureVerdict & {readonly ok: false}): OpsError {
  return new OpsError('backup/untrusted', `backup ${id} is not trusted: ${reason}`, {
    hint:
      token === undefined
        ? 'Take another backup: this one was changed after it was signed.'
        : `A person who answers for it signs it: \`opsconsole backup sign ${id} --accept ${token}\`.`,
  })
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

/** Why manifests are not believed, by id; asked a few at a time, since each costs a program. */
async function untrustedOf(
  ids: readonly string[],
  texts: ReadonlyMap<string, string | Error>,
  signatures: Signatures | undefined,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, string>> {
  const untrusted = new Map<string, string>()
  if (signatures === undefined) return untrusted
  const check = async (id: string): Promise<void> => {
    const text = texts.get(manifestName(id))
    const signature = texts.get(signatureName(id))
    if (typeof text !== 'string') return
    const verdict = await signatures.check(text, typeof signature === 'string' ? signature : undefined, signal)
    if (!verdict.ok) untrusted.set(id, verdict.reason)
  }
  for (let next = 0; next < ids.length; next += AT_ONCE) await Promise.all(ids.slice(next, next + AT_ONCE).map(check))
  return untrusted
}
const AT_ONCE = 4

/** A backup of another database in this storage must never be restored as this one. */
function bound(manifest: Manifest, source: BackupSource): Manifest {
  const {backup} = source
  if (manifest.environment !== backup.environment || manifest.backup !== backup.name)
    throw new Error(`the manifest is of ${manifest.environment}/${manifest.backup}, copied here`)
  if (manifest.method !== storingMethod(source))
    throw new Error(`the backup was taken by the method ${manifest.method}, and this is one by ${backup.method}`)
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
