import {randomBytes} from 'node:crypto'
import type {Conninfo} from '../connections/postgres/conninfo.ts'
import {withSession} from '../connections/postgres/session.ts'
import {toolEnvironment} from '../connections/postgres/tool-environment.ts'
import {messageOf, OpsError} from '../errors.ts'
import type {OpsTools} from '../kinds/ops-tools.ts'
import {escapeLine} from '../text/escape.ts'
import {formatBytes} from '../units/bytes.ts'
import {type Catalog, newBackupId} from './catalog.ts'
import {type Manifest, storedName} from './manifest.ts'
import {findProgram} from './methods/pgdump/binaries.ts'
import {dumpArguments, streamDump} from './methods/pgdump/dump.ts'
import {readFigures, settleSession} from './methods/pgdump/figures.ts'
import {openSnapshot, type Snapshot} from './methods/pgdump/snapshot.ts'
import {toolVersion} from './methods/pgdump/version.ts'
import type {BackupSource} from './source.ts'
import type {UnfinishedFile} from './storage/storage.ts'

export type CreateTools = Pick<OpsTools, 'signal' | 'clock' | 'log' | 'progress' | 'run'>

export interface CreateOptions {
  readonly source: BackupSource
  readonly catalog: Catalog
  readonly connection: Conninfo
  readonly tools: CreateTools
  readonly purpose?: Manifest['purpose']
}

const CLEAN_UP_MS = 30_000
/** What a program or the storage said is told as the failure of the backup. */
const OURS: ReadonlySet<string> = new Set(['process/failed', 'backup/storage'])

/** The command of a backup as it is recorded: what a person would type. */
export const describeCreate = (source: BackupSource, connection: Conninfo): string =>
  `pg_dump ${dumpArguments('SNAPSHOT').join(' ')} ${connection.database} | zstd -3 | age ${source.backup.encryption.recipients
    .map(recipient => `-r ${recipient}`)
    .join(' ')} > ${source.address}/ID.dump.zst.age`

/**
 * Takes a backup. One snapshot serves both pg_dump and the figures in the manifest, so that the manifest describes
 * exactly what is in the file. The manifest is written last: until then the catalogue says incomplete.
 * Raises `backup/failed`, `database/unreachable`, `process/missing`; nothing is left behind then.
 */
export async function createBackup(options: CreateOptions): Promise<Manifest> {
  const {catalog, tools} = options
  const id = newBackupId(tools.clock.now(), randomBytes(2))
  const free = await catalog.storage.freeBytes?.(tools.signal).catch(() => undefined)
  if (free !== undefined) tools.log(`${catalog.storage.address}: ${formatBytes(free)} free`)
  const file = await begin(catalog, id, tools.signal)
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
    throw new OpsError('backup/failed', `backup ${id} did not finish: ${escapeLine(messageOf(cause), 600)}`, {
      cause,
      hint: 'Nothing of it was kept; earlier backups are as they were.',
    })
  }
}

async function begin(catalog: Catalog, id: string, signal: AbortSignal): Promise<UnfinishedFile> {
  try {
    return await catalog.storage.begin(storedName(id), signal)
  } catch (cause) {
    signal.throwIfAborted()
    throw new OpsError('backup/failed', `cannot write to ${catalog.storage.address}: ${messageOf(cause)}`, {
      cause,
      hint: 'Check that it exists and that this user may write there.',
    })
  }
}

async function fill(options: CreateOptions, id: string, file: UnfinishedFile): Promise<Manifest> {
  const {source, connection, tools} = options
  const {backup} = source
  const begun = tools.clock.monotonic()
  return withSession(connection, tools.signal, async (client, reached) => {
    await settleSession(client)
    const takenAt = tools.clock.now()
    const snapshot = await openSnapshot(client)
    const program = await findProgram('pg_dump', snapshot.major, {directory: backup.drill.binaries})
    tools.log(`backup ${id}: snapshot at ${snapshot.serverTime}, ${snapshot.lsn}`)
    const [dump, tables, dumpVersion] = await together(tools.signal, signal => [
      streamDump({
        environment: toolEnvironment(connection, reached),
        program,
        snapshot: snapshot.name,
        recipients: backup.encryption.recipients,
        file,
        signal,
        progress: bounded(tools, snapshot.databaseBytes),
        log: tools.log,
      }),
      readFigures(client, {signal}),
      toolVersion(program, signal),
    ])
    return {
      v: 1,
      id,
      backup: backup.name,
      environment: backup.environment,
      database: connection.database,
      method: 'pgdump',
      file: storedName(id),
      ...dump,
      takenAt,
      finishedAt: takenAt,
      durationMs: Math.round(tools.clock.monotonic() - begun),
      ...described(snapshot),
      dumpVersion,
      recipients: backup.encryption.recipients,
      tables: [...tables],
      checks: backup.checks.map(check => ({...check})),
      run: tools.run === '' ? null : tools.run,
      purpose: options.purpose ?? 'regular',
    }
  })
}

const described = (
  snapshot: Snapshot,
): Pick<Manifest, 'databaseBytes' | 'serverTime' | 'lsn' | 'systemIdentifier' | 'serverVersion' | 'properties'> => ({
  databaseBytes: snapshot.databaseBytes,
  serverTime: snapshot.serverTime,
  lsn: snapshot.lsn,
  systemIdentifier: snapshot.systemIdentifier,
  serverVersion: escapeLine(snapshot.serverVersion, 100),
  properties: snapshot.properties,
})

/** Runs all at once; when one fails the others are stopped, and have ended when this raises. */
async function together<T extends readonly Promise<unknown>[]>(
  signal: AbortSignal,
  start: (signal: AbortSignal) => readonly [...T],
): Promise<{-readonly [Key in keyof T]: Awaited<T[Key]>}> {
  const own = new AbortController()
  const started = start(AbortSignal.any([signal, own.signal]))
  try {
    return await Promise.all(started)
  } catch (error) {
    own.abort()
    await Promise.allSettled(started)
    throw error
  }
}

/** A dump is usually smaller than its database (it holds no indexes), so the total is only a ceiling. */
const bounded =
  (tools: CreateTools, total: number): ((done: number) => void) =>
  done =>
    tools.progress(Math.min(done, total), total, 'bytes')
