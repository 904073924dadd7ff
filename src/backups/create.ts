import {randomBytes} from 'node:crypto'
import {messageOf, OpsError} from '../errors.ts'
import type {OpsTools} from '../kinds/ops-tools.ts'
import {escapeLine} from '../text/escape.ts'
import {quotePosix} from '../text/quote-posix.ts'
import {formatBytes} from '../units/bytes.ts'
import {type Catalog, newBackupId} from './catalog.ts'
import {globalsBeside} from './globals-beside.ts'
import {type Manifest, storedEnding, storedName} from './manifest.ts'
import type {BackupMethod} from './methods/method.ts'
import {type BackupSource, storingMethod} from './source.ts'
import type {UnfinishedFile} from './storage/storage.ts'

export type CreateTools = Pick<OpsTools, 'signal' | 'clock' | 'log' | 'progress' | 'run'>

export interface CreateOptions {
  readonly source: BackupSource
  readonly catalog: Catalog
  readonly method: BackupMethod
  readonly tools: CreateTools
  readonly purpose?: Manifest['purpose']
}

/** As a directory, a host over SSH and an object store say it. */
const FULL = /no space left|quota/i
const MAKE_ROOM = ' Make room there: `opsconsole backup prune` shows what is beyond the retention.'
const CLEAN_UP_MS = 30_000
/** What a program or the storage said is told as the failure of the backup. */
const OURS: ReadonlySet<string> = new Set(['process/failed', 'backup/storage'])

/** The command of a backup as it is recorded: what a person would type. */
export const describeCreate = async (source: BackupSource, method: BackupMethod): Promise<string> =>
  `${await method.takeCommand()} | age ${source.backup.encryption.recipients
    .map(recipient => `-r ${recipient}`)
    .join(' ')} > ${quotePosix(`${source.address}/ID${storedEnding(storingMethod(source))}`)}`

/**
 * Takes a backup. The manifest is written last: until then the catalogue says incomplete.
 * Raises `backup/failed`, `database/unreachable`, `process/missing`; nothing is left behind then.
 */
export async function createBackup(options: CreateOptions): Promise<Manifest> {
  const {catalog, tools} = options
  const id = newBackupId(tools.clock.now(), randomBytes(2))
  const free = await catalog.storage.freeBytes?.(tools.signal).catch(() => undefined)
  if (free !== undefined) tools.log(`${catalog.storage.address}: ${formatBytes(free)} free`)
  const file = await begin(catalog, storedName(id, storingMethod(options.source)), tools.signal)
  try {
    const manifest = await fill(options, id, file)
    await file.commit()
    const finished: Manifest = {...manifest, finishedAt: tools.clock.now()}
    await catalog.publishManifest(finished, tools.signal)
    return finished
  } catch (cause) {
    await file.abort()
    // Not the step's signal: cleaning up must also work after an abort.
    await catalog.remove(id, AbortSignal.timeout(CLEAN_UP_MS)).catch(() => undefined)
    tools.signal.throwIfAborted()
    if (cause instanceof OpsError && !OURS.has(cause.code)) throw cause
    const reason = escapeLine(messageOf(cause), 600)
    throw new OpsError('backup/failed', `backup ${id} did not finish: ${reason}`, {
      cause,
      hint: `Nothing of it was kept; earlier backups are as they were.${FULL.test(reason) ? MAKE_ROOM : ''}`,
    })
  }
}

async function begin(catalog: Catalog, name: string, signal: AbortSignal): Promise<UnfinishedFile> {
  try {
    return await catalog.storage.begin(name, signal)
  } catch (cause) {
    signal.throwIfAborted()
    throw new OpsError('backup/failed', `cannot write to ${catalog.storage.address}: ${messageOf(cause)}`, {
      cause,
      hint: 'Check that it exists and that this user may write there.',
    })
  }
}

async function fill(options: CreateOptions, id: string, file: UnfinishedFile): Promise<Manifest> {
  const {source, method, tools} = options
  const {backup} = source
  const {recipients} = backup.encryption
  const begun = tools.clock.monotonic()
  const log = (line: string): void => tools.log(`backup ${id}: ${line}`)
  const globals = globalsBeside(options, id, log)
  const taken = await method
    .take({id, file, recipients}, {...tools, log, connected: globals.begin})
    .catch(async (error: unknown) => {
      await globals.stop()
      throw error
    })
  return {
    v: 1,
    id,
    backup: backup.name,
    environment: backup.environment,
    file: storedName(id, storingMethod(source)),
    ...taken,
    globals: await globals.end(),
    finishedAt: taken.takenAt,
    durationMs: Math.round(tools.clock.monotonic() - begun),
    recipients,
    checks: backup.checks.map(check => ({...check})),
    run: tools.run === '' ? null : tools.run,
    purpose: options.purpose ?? 'regular',
  }
}
