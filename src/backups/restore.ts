import {createHash} from 'node:crypto'
import {messageOf, OpsError} from '../errors.ts'
import {escapeLine} from '../text/escape.ts'
import {openSealed} from './encryption/open.ts'
import type {FoundManifest} from './manifest.ts'
import type {BackupMethod, CopyPlace} from './methods/method.ts'
import {countBytes} from './count-bytes.ts'
import type {BackupStorage} from './storage/storage.ts'
import {hashed} from './hashed.ts'

export interface RestoreOptions {
  readonly storage: BackupStorage
  readonly found: FoundManifest
  readonly identity: string
  readonly method: BackupMethod
  /** The empty place that is filled. */
  readonly place: CopyPlace
  readonly signal: AbortSignal
  readonly progress: (done: number, total: number) => void
  readonly log: (line: string) => void
}

/**
 * file → age → the method. The digest is taken again on the way: between the verification and now the file may have been
 * touched. Raises `backup/damaged`, `backup/restore`.
 */
export async function restoreInto(options: RestoreOptions): Promise<void> {
  const {method, place, signal, log} = options
  const {manifest} = options.found
  const hash = createHash('sha256')
  const counted = countBytes(options.storage.read(manifest.file, {signal}), done =>
    options.progress(done, manifest.storedBytes),
  )
  try {
    await method.fill(openSealed(hashed(counted, hash), [options.identity]), manifest, place, {signal, log})
  } catch (cause) {
    signal.throwIfAborted()
    if (cause instanceof OpsError && cause.code === 'process/missing') throw cause
    throw new OpsError('backup/restore', `restore of ${manifest.id} failed: ${escapeLine(messageOf(cause), 600)}`, {
      cause,
      hint: `Nothing but the new database ${place.database} was touched.`,
    })
  }
  if (hash.digest('hex') !== manifest.sha256)
    throw new OpsError('backup/damaged', `backup ${manifest.id} changed while it was being restored`)
}
