import {createHash} from 'node:crypto'
import {messageOf, OpsError} from '../errors.ts'
import {openSealed, SealError} from './encryption/open.ts'
import type {FoundManifest} from './manifest.ts'
import {type BackupStorage, TEXT_LIMIT} from './storage/storage.ts'

/** What is wrong with the globals of a backup. */
export class GlobalsFault extends Error {
  readonly fault: 'missing' | 'truncated' | 'altered' | 'wrong key' | 'unreadable'
  constructor(fault: GlobalsFault['fault'], message: string, cause?: unknown) {
    super(message, {cause})
    this.fault = fault
  }
}

/**
 * The text of a backup's globals, digest and authentication checked; undefined when the backup has none. Without an identity
 * only the stored bytes are checked, and the text is empty. Raises `GlobalsFault`.
 */
export async function readGlobals(
  {manifest: {globals}}: FoundManifest,
  options: {readonly storage: BackupStorage; readonly identity: string | undefined; readonly signal: AbortSignal},
): Promise<string | undefined> {
  if (globals === null || !('file' in globals)) return undefined
  const {storage, identity, signal} = options
  const file = await storage.stat(globals.file, signal)
  if (file === undefined) throw new GlobalsFault('missing', `${globals.file} is not in ${storage.address}`)
  if (file.bytes < globals.storedBytes)
    throw new GlobalsFault('truncated', `${globals.file}: ${file.bytes} of ${globals.storedBytes} bytes are there`)
  if (file.bytes > TEXT_LIMIT) throw new GlobalsFault('altered', `${globals.file} is too large`)
  try {
    const stored = await gather(storage.read(globals.file, {signal}))
    if (createHash('sha256').update(stored).digest('hex') !== globals.sha256)
      throw new GlobalsFault('altered', `the sha-256 of ${globals.file} is not the one in the manifest`)
    if (identity === undefined) return ''
    return (await gather(openSealed(oneOf(stored), [identity]))).toString('utf8')
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof GlobalsFault) throw error
    const fault = error instanceof SealError && error.fault === 'key' ? 'wrong key' : 'unreadable'
    throw new GlobalsFault(fault, `${globals.file}: ${messageOf(error)}`, error)
  }
}

/** The same for those who go no further without it. Raises `backup/damaged`, `backup/missing` when there are none. */
export async function requireGlobals(
  found: FoundManifest,
  options: Parameters<typeof readGlobals>[1],
): Promise<string> {
  const text = await readGlobals(found, options).catch((cause: unknown) => {
    if (!(cause instanceof GlobalsFault)) throw cause
    throw new OpsError('backup/damaged', `globals of backup ${found.manifest.id}: ${cause.message}`, {cause})
  })
  if (text !== undefined) return text
  const {globals, id} = found.manifest
  const why = globals === null ? 'it was taken before they were kept' : 'missing' in globals ? globals.missing : ''
  throw new OpsError('backup/missing', `backup ${id} holds no roles and other globals: ${why}`, {
    hint: 'Make the roles by hand, as the plan lists them.',
  })
}

async function gather(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  for await (const piece of source) pieces.push(Uint8Array.from(piece))
  return Buffer.concat(pieces)
}

async function* oneOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
