import {createHash} from 'node:crypto'
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {messageOf, OpsError} from '../../errors.ts'
import {escapeLine} from '../../text/escape.ts'
import type {OpsContext} from '../context.ts'
import {openSealed} from '../encryption/open.ts'
import type {FoundManifest, PgdumpManifest} from '../manifest.ts'
import {findProgram} from '../methods/pgdump/binaries.ts'
import {restorePipeline} from '../methods/pgdump/restore-pipeline.ts'
import {hashed} from '../hashed.ts'

/** One backup by pg_dump, of which parts are read. */
export interface Archive {
  readonly manifest: PgdumpManifest
  /** What `pg_restore --list` says of it: its first bytes are enough for that. */
  list(signal: AbortSignal): Promise<string>
  /**
   * pg_restore, of the entries of `list` alone. With `whole` the rest is read as well, and the digest compared: between the
   * verification and now the file may have been touched. Raises `backup/restore`, `backup/damaged`.
   */
  restore(
    list: string,
    into: {
      readonly arguments: readonly string[]
      readonly env: Readonly<Record<string, string>>
      readonly whole: boolean
    },
    tools: {readonly signal: AbortSignal; readonly log: (line: string) => void},
  ): Promise<void>
}

/** Raises `usage/arguments` for a method that knows no tables. */
export async function openArchive(context: OpsContext, id: string): Promise<Archive> {
  const {catalog, access, source, tools} = context
  const found = await catalog.manifest(id, tools.signal)
  const manifest = pgdumpOf(found)
  if (manifest === undefined || context.method.repository !== undefined)
    throw new OpsError('usage/arguments', `backup ${source.backup.name} holds no tables that could be taken alone`, {
      hint: 'They are in backups by pgdump.',
    })
  const identity = await access.identity()
  const major = Number.parseInt(manifest.dumpVersion, 10)
  const program = await findProgram('pg_restore', Number.isNaN(major) ? 15 : major, {
    directory: source.backup.drill.binaries,
  })
  const read = async (
    argv: readonly string[],
    options: {readonly signal: AbortSignal; readonly whole: boolean} & Partial<Parameters<typeof restorePipeline>[0]>,
  ): Promise<void> => {
    const hash = createHash('sha256')
    const pieces = openSealed(hashed(catalog.storage.read(manifest.file, {signal: options.signal}), hash), [identity])
    try {
      // Without `return`, so that what pg_restore does not want is read here.
      const source = {[Symbol.asyncIterator]: () => ({next: () => pieces.next()})}
      await restorePipeline({...options, source, argv, early: true})
      if (!options.whole) return
      for (let next = await pieces.next(); next.done !== true; next = await pieces.next())
        options.signal.throwIfAborted()
    } finally {
      await pieces.return(undefined)
    }
    if (hash.digest('hex') !== manifest.sha256)
      throw new OpsError('backup/damaged', `backup ${manifest.id} changed while it was being restored`)
  }
  return {
    manifest,
    list: signal =>
      inDirectory(async directory => {
        const file = path.join(directory, 'list')
        await read([program, '--list', `--file=${file}`], {signal, whole: false}).catch(failed(manifest.id, signal))
        return readFile(file, 'utf8')
      }),
    restore: (list, into, {signal, log}) =>
      inDirectory(async directory => {
        const file = path.join(directory, 'list')
        await writeFile(file, list, {mode: 0o600})
        const argv = [program, `--use-list=${file}`, ...into.arguments]
        await read(argv, {signal, env: into.env, onLine: log, whole: into.whole}).catch(failed(manifest.id, signal))
      }),
  }
}

const pgdumpOf = ({manifest}: FoundManifest): PgdumpManifest | undefined =>
  manifest.method === 'pgdump' ? manifest : undefined

const failed =
  (id: string, signal: AbortSignal) =>
  (cause: unknown): never => {
    signal.throwIfAborted()
    if (cause instanceof OpsError && cause.code !== 'process/failed') throw cause
    throw new OpsError('backup/restore', `restore of ${id} failed: ${escapeLine(messageOf(cause), 600)}`, {
      cause,
      hint: 'Nothing but the copy was touched.',
    })
  }

async function inDirectory<T>(work: (directory: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(path.join(tmpdir(), 'opsconsole-list-'))
  try {
    return await work(directory)
  } finally {
    await rm(directory, {recursive: true, force: true})
  }
}
