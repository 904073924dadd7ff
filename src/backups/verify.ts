import {createHash} from 'node:crypto'
import {messageOf, OpsError} from '../errors.ts'
import {escapeLine} from '../text/escape.ts'
import type {FoundManifest, Manifest} from './manifest.ts'
import {openSealed, SealError} from './encryption/open.ts'
import type {BackupMethod} from './methods/method.ts'
import {ToolKilledError} from '../processes/tool.ts'
import {countBytes} from './count-bytes.ts'
import {GlobalsFault, readGlobals} from './read-globals.ts'
import type {BackupStorage} from './storage/storage.ts'
import {DamageError, type Fault, type Verification} from './verification.ts'

export interface VerifyOptions {
  readonly storage: BackupStorage
  readonly found: FoundManifest
  /** age identity; undefined: only the stored bytes can be checked. */
  readonly identity: string | undefined
  readonly method: BackupMethod
  readonly signal: AbortSignal
  readonly progress: (done: number, total: number) => void
  readonly now: () => number
}

/**
 * Reads a backup to its end: size, digest of the stored bytes, then decryption, decompression and the method's own
 * reading of every row (a list would not do: `pg_restore -l` accepts a file cut in half). Changes nothing.
 */
export async function verifyBackup(options: VerifyOptions): Promise<Verification> {
  const begun = options.now()
  const {storage, found} = options
  const {manifest} = found
  const file = await storage.stat(manifest.file, options.signal)
  const conclude = (fault: Fault | undefined, reason: string, level: Verification['level'] = 'full'): Verification => ({
    ok: fault === undefined,
    level,
    fault,
    reason: escapeLine(reason, 400),
    durationMs: options.now() - begun,
    modifiedMs: file?.modifiedMs ?? 0,
  })
  if (file === undefined) return conclude('missing', `${manifest.file} is not in ${storage.address}`)
  if (file.bytes < manifest.storedBytes)
    return conclude('truncated', `${file.bytes} of ${manifest.storedBytes} bytes are there`)
  const total = file.bytes * (options.identity === undefined ? 1 : 2)
  const digest = await digestOf(options, done => options.progress(done, total))
  if (digest instanceof Error) return conclude('unreadable', digest.message)
  if (file.bytes > manifest.storedBytes || digest !== manifest.sha256)
    return conclude('altered', await whereAltered(options, file.bytes))
  const globals = await globalsFault(options)
  if (globals !== undefined) return conclude(globals.fault, `roles and other globals: ${globals.message}`)
  if (options.identity === undefined) return conclude(undefined, 'stored bytes are as written', 'checksum')
  const fault = await readThrough(options, options.identity, done => options.progress(file.bytes + done, total))
  if (fault !== undefined) return conclude(fault.fault, fault.reason)
  return conclude(undefined, `read completely: ${contentWords(manifest)}, sha-256 ${digest.slice(0, 12)}`)
}

const contentWords = ({method, tables}: Manifest): string =>
  method === 'restic' ? tables.map(({name, rows}) => `${rows} ${name}`).join(', ') : `${tables.length} tables`

async function globalsFault({storage, found, identity, signal}: VerifyOptions): Promise<GlobalsFault | undefined> {
  try {
    await readGlobals(found, {storage, identity, signal})
    return undefined
  } catch (error) {
    if (error instanceof GlobalsFault) return error
    throw error
  }
}

/** The verification as an error, for callers that go no further. */
export function damagedError(id: string, verification: Verification): OpsError {
  const hint =
    verification.fault === 'wrong key'
      ? 'Give the identity that belongs to one of its recipients (backups/encryption/identity).'
      : 'Choose another backup: `opsconsole backup list`.'
  return new OpsError('backup/damaged', `backup ${id} is ${faultWord(verification.fault)}: ${verification.reason}`, {
    hint,
  })
}

const faultWord = (fault: Fault | undefined): string =>
  fault === 'wrong key' ? 'wrongly keyed' : (fault ?? 'not verified')

async function digestOf(options: VerifyOptions, progress: (done: number) => void): Promise<string | Error> {
  const hash = createHash('sha256')
  let done = 0
  try {
    for await (const piece of options.storage.read(options.found.manifest.file, {signal: options.signal})) {
      hash.update(piece)
      done += piece.byteLength
      progress(done)
    }
    return hash.digest('hex')
  } catch (error) {
    options.signal.throwIfAborted()
    return new Error(`reading failed after ${done} bytes: ${messageOf(error)}`)
  }
}

/** With a key the place can be named: the first chunk that fails its authentication. */
async function whereAltered(options: VerifyOptions, bytes: number): Promise<string> {
  const {manifest} = options.found
  const plain = `its sha-256 is not the one in the manifest (${bytes} bytes)`
  if (options.identity === undefined) return plain
  try {
    const source = options.storage.read(manifest.file, {signal: options.signal})
    for await (const piece of openSealed(source, [options.identity])) void piece
    return `${plain}, yet it opens: it was replaced by another one`
  } catch (error) {
    options.signal.throwIfAborted()
    return error instanceof SealError && error.fault !== 'key' ? `${plain}; ${error.message}` : plain
  }
}

/** Decrypts, and lets the method read everything into nothing. */
async function readThrough(
  options: VerifyOptions,
  identity: string,
  progress: (done: number) => void,
): Promise<{fault: Fault; reason: string} | undefined> {
  const {manifest} = options.found
  try {
    const counted = countBytes(options.storage.read(manifest.file, {signal: options.signal}), progress)
    await options.method.check(openSealed(counted, [identity]), manifest, options.signal)
    return undefined
  } catch (error) {
    options.signal.throwIfAborted()
    // A program that is not installed, or that somebody killed, says nothing about the backup.
    if (error instanceof ToolKilledError || (error instanceof OpsError && error.code === 'process/missing')) throw error
    if (error instanceof DamageError) return {fault: error.fault, reason: error.message}
    return {
      fault: error instanceof SealError && error.fault === 'key' ? 'wrong key' : 'unreadable',
      reason: messageOf(error),
    }
  }
}
