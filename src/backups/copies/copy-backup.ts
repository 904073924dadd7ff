import {createHash} from 'node:crypto'
import {OpsError} from '../../errors.ts'
import {type Catalog, manifestName, recordName, signatureName} from '../catalog.ts'
import {type BackupStorage, storeText, type UnfinishedFile} from '../storage/storage.ts'

export interface CopyOptions {
  readonly from: Catalog
  readonly to: Catalog
  readonly id: string
  readonly signal: AbortSignal
  readonly progress: (done: number, total: number) => void
  /** Waits until so many bytes may have been sent. */
  readonly pace: (bytes: number) => Promise<void>
}

interface Expected {
  readonly bytes: number
  readonly sha256: string
}

/**
 * Copies one backup as it is stored: sealed, so no key is needed. Its bytes are compared with its manifest before they
 * get their name there, and the manifest comes last, so that a half copy is never good. One that ended early is
 * left where the storage can go on with it. Raises `backup/damaged` when the original is not what its manifest says.
 */
export async function copyBackup(options: CopyOptions): Promise<{readonly sentBytes: number}> {
  const {from, to, id, signal} = options
  const {manifest} = await from.manifest(id, signal)
  const globals = manifest.globals !== null && 'file' in manifest.globals ? manifest.globals : undefined
  const total = manifest.storedBytes + (globals?.storedBytes ?? 0)
  const there = await filesThere(to, id, signal)
  let [done, sentBytes] = [0, 0]
  const files = [
    {name: manifest.file, bytes: manifest.storedBytes, sha256: manifest.sha256},
    ...(globals === undefined ? [] : [{name: globals.file, bytes: globals.storedBytes, sha256: globals.sha256}]),
  ]
  for (const {name, ...expected} of files) {
    // Its checksum is compared when the copy is verified.
    if (there.get(name) !== expected.bytes) {
      const before = done
      sentBytes += await copyFile(from.storage, to.storage, name, {
        ...options,
        expected,
        progress: bytes => options.progress(before + bytes, total),
      })
    }
    done += expected.bytes
    options.progress(done, total)
  }
  await copyTexts(options)
  return {sentBytes}
}

/** Sizes of what need not be sent. Of one that is known to be damaged that is nothing, however long its files are. */
async function filesThere(to: Catalog, id: string, signal: AbortSignal): Promise<ReadonlyMap<string, number>> {
  if ((await to.list(signal)).some(entry => entry.id === id && entry.state === 'damaged')) return new Map()
  const files = await to.storage.list(signal)
  return new Map(files.filter(({whole}) => whole).map(file => [file.name, file.bytes]))
}

/** What was signed stays byte for byte as it was signed; the manifest makes it a backup, so it comes last. */
async function copyTexts({from, to, id, signal}: CopyOptions): Promise<void> {
  const names = [recordName(id, 'hold'), signatureName(id), manifestName(id)]
  const texts = await from.storage.readTexts(names, signal)
  for (const name of names) {
    const text = texts.get(name)
    if (text instanceof Error) throw text
    if (text !== undefined) await storeText(to.storage, name, text, signal)
  }
}

async function copyFile(
  from: BackupStorage,
  to: BackupStorage,
  name: string,
  {
    expected,
    signal,
    progress,
    pace,
  }: Pick<CopyOptions, 'signal' | 'pace'> & {readonly expected: Expected; readonly progress: (bytes: number) => void},
): Promise<number> {
  const file = to.resume === undefined ? await to.begin(name, signal) : await to.resume(name, signal)
  let bytes = 0
  try {
    const hash = createHash('sha256')
    for await (const piece of from.read(name, {signal})) {
      hash.update(piece)
      bytes += piece.byteLength
      await file.write(piece)
      progress(bytes)
      await pace(file.sent?.() ?? bytes)
    }
    if (bytes !== expected.bytes || hash.digest('hex') !== expected.sha256)
      throw new OpsError('backup/damaged', `${name} in ${from.address} is not what its manifest says: not copied`, {
        hint: 'Verify the backup, and copy another one.',
      })
    await file.commit()
    return file.sent?.() ?? bytes
  } catch (error) {
    await (error instanceof OpsError && error.code === 'backup/damaged' ? file.abort() : leave(file))
    throw error
  }
}

const leave = async (file: UnfinishedFile): Promise<void> =>
  file.leave === undefined ? await file.abort() : await file.leave()
