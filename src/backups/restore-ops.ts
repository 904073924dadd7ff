import type {Conninfo} from '../connections/postgres/conninfo.ts'
import {withSession} from '../connections/postgres/session.ts'
import {OpsError} from '../errors.ts'
import type {OpsContext} from './context.ts'
import {findProgram} from './methods/pgdump/binaries.ts'
import {type Proof, proveCopy} from './prove.ts'
import {analyzeDatabase, createDatabaseLike, dropDatabase, restoreArguments, restoreInto} from './restore.ts'
import {type ScratchServer, scratchConnection} from './scratch.ts'

/** Where a copy goes: a database of the live server, or of a scratch server. */
export interface CopyPlace {
  readonly database: string
  /** The live database's server when left out. */
  readonly scratch?: ScratchServer
}

/** Bringing a backup back, beside what is live until it has been proved. */
export interface RestoreOps {
  /** Creates the database like the original and fills it. Raises `backup/restore`; the live database is not touched. */
  restore(id: string, place: CopyPlace): Promise<void>
  /** Compares every table with the manifest, asks the declared checks, records the result beside the backup. */
  prove(id: string, place: CopyPlace): Promise<Proof>
  /** The same, but a difference raises `backup/mismatch`. */
  requireEqual(id: string, place: CopyPlace): Promise<Proof>
  /** Makes the statistics that a restored database lacks. */
  analyze(place: CopyPlace): Promise<void>
  /** Removes a copy with the sessions on it. */
  dropCopy(place: CopyPlace): Promise<void>
  /** Writes a row, reads it back, and takes it away again: the moment when it was there. */
  firstWrite(place: CopyPlace): Promise<number>
}

export function createRestoreOps(context: OpsContext): RestoreOps {
  const {tools, access} = context
  const server = async (place: CopyPlace): Promise<Conninfo> =>
    place.scratch === undefined ? access.admin() : scratchConnection(place.scratch)
  const copy = async (place: CopyPlace): Promise<Conninfo> => ({...(await server(place)), database: place.database})

  const prove = async (id: string, place: CopyPlace): Promise<Proof> => proveCopyOf(context, id, await copy(place))

  return {
    prove,
    restore: async (id, place) =>
      restoreCopy(context, id, {place, admin: await server(place), into: await copy(place)}),
    async requireEqual(id, place) {
      const proof = await prove(id, place)
      if (proof.ok) return proof
      throw new OpsError('backup/mismatch', `${place.database} is not what backup ${id} holds: ${proof.reason}`, {
        hint: 'The live database was not touched.',
      })
    },
    async analyze(place) {
      const into = await copy(place)
      await tools.act(`ANALYZE (database ${place.database})`, signal => analyzeDatabase(into, signal), undefined)
    },
    async dropCopy(place) {
      const admin = await server(place)
      await tools.act(
        `DROP DATABASE IF EXISTS ${place.database}`,
        signal => dropDatabase(admin, place.database, signal),
        undefined,
      )
    },
    async firstWrite(place) {
      const into = await copy(place)
      await tools.act(
        `CREATE TABLE, INSERT, DROP TABLE (database ${place.database})`,
        signal => writeOnce(into, signal),
        undefined,
      )
      return tools.clock.now()
    },
  }
}

async function restoreCopy(
  context: OpsContext,
  id: string,
  to: {readonly place: CopyPlace; readonly admin: Conninfo; readonly into: Conninfo},
): Promise<void> {
  const {source, catalog, tools} = context
  const {place, admin, into} = to
  const found = await catalog.manifest(id, tools.signal)
  const identity = await context.access.identity()
  const major = Number.parseInt(found.manifest.dumpVersion, 10)
  const program = await findProgram('pg_restore', Number.isNaN(major) ? 15 : major, {
    directory: source.backup.drill.binaries,
  })
  const command = `age -d ${source.address}/${found.manifest.file} | zstd -d | pg_restore ${restoreArguments(place.database).join(' ')}`
  await tools.act(
    `CREATE DATABASE ${place.database}; ${command}`,
    async signal => {
      const createRoles = place.scratch !== undefined
      await createDatabaseLike({
        admin,
        name: place.database,
        properties: found.manifest.properties,
        createRoles,
        signal,
      })
      await restoreInto({
        storage: catalog.storage,
        found,
        identity,
        program,
        into,
        signal,
        progress: (done, total) => tools.progress(done, total, 'bytes'),
        log: tools.log,
      })
    },
    undefined,
  )
}

async function proveCopyOf(context: OpsContext, id: string, copy: Conninfo): Promise<Proof> {
  const {source, catalog, tools} = context
  if (tools.dryRun) return uncompared
  const found = await catalog.manifest(id, tools.signal)
  const proof = await proveCopy({
    manifest: found.manifest,
    checks: source.backup.checks,
    copy,
    signal: tools.signal,
    progress: (done, total) => tools.progress(done, total, 'tables'),
    now: () => tools.clock.monotonic(),
  })
  const record = {
    v: 1,
    manifest: found.digest,
    at: tools.clock.now(),
    ok: proof.ok,
    reason: proof.reason,
    into: copy.database,
    tables: proof.tables,
    rows: proof.rows,
    durationMs: Math.round(proof.durationMs),
    run: tools.run === '' ? null : tools.run,
  } as const
  await tools.act(
    `record the restore test of backup ${id}`,
    signal => catalog.writeRecord(id, 'restored', record, signal),
    undefined,
  )
  tools.log(proof.reason)
  return proof
}

const uncompared: Proof = {
  ok: true,
  tables: 0,
  rows: 0,
  checks: [],
  differences: [],
  reason: 'dry run: there is nothing to compare',
  durationMs: 0,
}

/** A durable write through a new session, the way an application would come. */
async function writeOnce(into: Conninfo, signal: AbortSignal): Promise<void> {
  await withSession(into, signal, async client => {
    await client.query('SET synchronous_commit = on')
    await client.query('CREATE TABLE public.opsconsole_first_write (at timestamptz NOT NULL)')
    await client.query('INSERT INTO public.opsconsole_first_write VALUES (now())')
    await client.query('DROP TABLE public.opsconsole_first_write')
  })
}
