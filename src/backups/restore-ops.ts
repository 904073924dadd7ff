import {OpsError} from '../errors.ts'
import type {OpsContext} from './context.ts'
import {findProgram} from './methods/pgdump/binaries.ts'
import {type Connection, withSession} from './methods/pgdump/connection.ts'
import {type Proof, proveCopy} from './prove.ts'
import {analyzeDatabase, createDatabaseLike, dropDatabase, restoreArguments, restoreInto} from './restore.ts'
import {type ScratchServer, scratchConnection} from './scratch.ts'
import {describeSwap, existingDatabases, swapBackNames, swapDatabases, type SwapNames, type SwapResult} from './swap.ts'

/** Where a copy goes: a database of the live server, or of a scratch server. */
export interface CopyPlace {
  readonly database: string
  /** The live database's server when left out. */
  readonly scratch?: ScratchServer
}

/** Bringing a backup back, beside what is live until it has been proved. */
export interface RestoreOps {
  /** `shop` and a run's id give `shop_restore_ID` and `shop_before_ID`: at most 63 bytes, plain characters. */
  swapNames(live: string, run: string): SwapNames
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
  /** Puts the restored copy in the live one's place, in one transaction. Raises `backup/restore`. */
  swap(names: SwapNames): Promise<SwapResult>
  swapBack(names: SwapNames): Promise<SwapResult>
  /** not yet · swapped · unclear, told from the names that exist. */
  swapState(names: SwapNames): Promise<'not yet' | 'swapped' | 'unclear'>
  /** Renames the copy to a live name that is free, since the live database is gone. */
  install(names: SwapNames): Promise<void>
  /** Writes a row, reads it back, and takes it away again: the moment when it was there. */
  firstWrite(place: CopyPlace): Promise<number>
}

export function createRestoreOps(context: OpsContext): RestoreOps {
  const {source, catalog, tools, access} = context
  const server = async (place: CopyPlace): Promise<Connection> =>
    place.scratch === undefined ? access.admin() : scratchConnection(place.scratch)
  const copy = async (place: CopyPlace): Promise<Connection> => ({...(await server(place)), database: place.database})

  async function prove(id: string, place: CopyPlace): Promise<Proof> {
    if (tools.dryRun) return uncompared
    const found = await catalog.manifest(id)
    const proof = await proveCopy({
      manifest: found.manifest,
      checks: source.backup.checks,
      copy: await copy(place),
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
      into: place.database,
      tables: proof.tables,
      rows: proof.rows,
      durationMs: Math.round(proof.durationMs),
      run: tools.run === '' ? null : tools.run,
    } as const
    await tools.act(
      `record the restore test of backup ${id}`,
      () => catalog.writeRecord(id, 'restored', record),
      undefined,
    )
    tools.log(proof.reason)
    return proof
  }

  async function restore(id: string, place: CopyPlace): Promise<void> {
    const found = await catalog.manifest(id)
    const [admin, into, identity] = [await server(place), await copy(place), await access.identity()]
    const major = Number.parseInt(found.manifest.dumpVersion, 10)
    const program = await findProgram('pg_restore', Number.isNaN(major) ? 15 : major, {
      directory: source.backup.drill.binaries,
    })
    const command = `age -d ${source.directory}/${found.manifest.file} | zstd -d | pg_restore ${restoreArguments(place.database).join(' ')}`
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
          store: catalog.store,
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

  const swap = async (names: SwapNames): Promise<SwapResult> => {
    const admin = await access.admin()
    const now = (): number => tools.clock.monotonic()
    return tools.act(describeSwap(names), signal => swapDatabases(admin, names, {signal, now}), {
      awayMs: 0,
      terminated: 0,
    })
  }

  return {
    restore,
    prove,
    swap,
    swapBack: names => swap(swapBackNames(names)),
    swapNames: (live, run) => ({live, restored: derived(live, 'restore', run), kept: derived(live, 'before', run)}),
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
    async swapState(names) {
      const there = await existingDatabases(
        await access.admin(),
        [names.live, names.restored, names.kept],
        tools.signal,
      )
      if (there.has(names.live) && there.has(names.kept) && !there.has(names.restored)) return 'swapped'
      return there.has(names.restored) && !there.has(names.kept) ? 'not yet' : 'unclear'
    },
    async install(names) {
      const admin = await access.admin()
      const statement = `ALTER DATABASE "${names.restored}" RENAME TO "${names.live}"`
      await tools.act(statement, signal => withSession(admin, signal, client => client.query(statement)), undefined)
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
async function writeOnce(into: Connection, signal: AbortSignal): Promise<void> {
  await withSession(into, signal, async client => {
    await client.query('SET synchronous_commit = on')
    await client.query('CREATE TABLE public.opsconsole_first_write (at timestamptz NOT NULL)')
    await client.query('INSERT INTO public.opsconsole_first_write VALUES (now())')
    await client.query('DROP TABLE public.opsconsole_first_write')
  })
}

/** A name has at most 63 bytes; the run's part is kept whole, the database's is cut. */
function derived(live: string, word: string, run: string): string {
  const tail = `_${word}_${run
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .slice(-32)}`
  let head = live
  while (Buffer.byteLength(head + tail) > 63) head = head.slice(0, -1)
  return head + tail
}
