import type {Conninfo} from '../../../connections/postgres/conninfo.ts'
import {addressOfHosts} from '../../../connections/postgres/address.ts'
import {databaseArgument, quoteName} from '../../../connections/postgres/quote.ts'
import {readPooling} from '../../../connections/postgres/pooling.ts'
import {withSession} from '../../../connections/postgres/session.ts'
import type {PgdumpManifest} from '../../manifest.ts'
import {quotePosix} from '../../../text/quote-posix.ts'
import {databaseSwap} from '../../swap.ts'
import {scratchConnection, type ScratchServer, scratchTablespace} from '../../scratch.ts'
import type {TableName} from '../../tables/table-name.ts'
import type {BackupMethod, CopyPlace, LiveDatabase} from '../method.ts'
import {findProgram} from './binaries.ts'
import {analyzeDatabase, createDatabaseLike, dropDatabase, restoreArguments, writeOnce} from './database.ts'
import {dumpArguments} from './dump.ts'
import {createGlobals, readMissingGlobals} from './create-globals.ts'
import {compareFit} from './fit.ts'
import {readTargetServer} from './target-server.ts'
import type {Fit} from '../../fit.ts'
import {dumpGlobals} from './globals-dump.ts'
import {restorePipeline} from './restore-pipeline.ts'
import {proveCopy} from './prove.ts'
import {pooledFault, takeDump} from './take.ts'
import {OWN_SESSION, toolSession} from './tool-session.ts'

/** What it needs from the source: ways into the server, read when they are used. */
export interface PostgresAccess {
  /** The live database, as the role that may dump it. */
  live(): Promise<Conninfo>
  /** Another database of the same server, for creating and removing. */
  admin(): Promise<Conninfo>
  read(): Promise<LiveDatabase>
}

/**
 * Waiting for the disk after every statement doubles the time of many small tables. What counts is durable before the swap:
 * its commit is synchronous and flushes everything before it. The others are what a database may set for its sessions, and
 * what must not stand in the way of its own restore.
 */
export const RESTORE_SETTINGS = [
  'synchronous_commit=off',
  'statement_timeout=0',
  'lock_timeout=0',
  'default_transaction_read_only=off',
  ...OWN_SESSION,
]

/** One PostgreSQL database by pg_dump, in its custom format, and back by pg_restore. */
export function openPgdump(tools: {
  readonly access: PostgresAccess
  readonly binaries: string | undefined
  /** Backups have the rows of these tables alone. */
  readonly only?: readonly TableName[] | undefined
}): BackupMethod {
  const {access, binaries, only} = tools
  const server = async ({scratch}: Pick<CopyPlace, 'scratch'>): Promise<Conninfo> =>
    scratch === undefined ? access.admin() : scratchConnection(scratch)
  const copyAt = async (place: CopyPlace): Promise<Conninfo> => ({...(await server(place)), database: place.database})
  const pgRestore = ({dumpVersion}: PgdumpManifest): Promise<string> => {
    const major = Number.parseInt(dumpVersion, 10)
    return findProgram('pg_restore', Number.isNaN(major) ? 15 : major, {directory: binaries})
  }
  return {
    live: () => access.read(),
    takeCommand: async () =>
      `pg_dump ${dumpArguments('SNAPSHOT').join(' ')} ${quotePosix(databaseArgument((await access.live()).database))} | zstd -3`,
    take: async (into, takeTools) => takeDump(await access.live(), {...into, binaries, only, tools: takeTools}),
    takeGlobals: async (into, {signal, log}) => dumpGlobals(await access.live(), {...into, binaries, signal, log}),
    missingGlobals: async (text, place, signal) => readMissingGlobals(text, await server(place), signal),
    createGlobals: async (text, place, signal) =>
      createGlobals(text, await server(place), {signal, ...locating(place.scratch)}),
    fit: async (of: PgdumpManifest, place, signal) => fitOf(of, await server(place), signal),
    check: async (copy, of: PgdumpManifest, signal) =>
      restorePipeline({source: copy, argv: [await pgRestore(of), '--file=/dev/null'], signal}),
    fillCommand: place => `zstd -d | pg_restore ${restoreArguments(place.database).map(quotePosix).join(' ')}`,
    commands: ({database}) => ({
      make: `CREATE DATABASE ${quoteName(database)}`,
      analyze: `ANALYZE (database ${quoteName(database)})`,
      drop: `DROP DATABASE IF EXISTS ${quoteName(database)} WITH (FORCE)`,
      write: `SELECT lo_from_bytea, lo_get, lo_unlink (database ${quoteName(database)})`,
    }),
    swap: databaseSwap(() => access.admin()),
    prepare: async (of: PgdumpManifest, place, signal) =>
      createDatabaseLike({
        admin: await server(place),
        name: place.database,
        properties: of.properties,
        needs: of.needs,
        ...(place.scratch === undefined ? {} : {scratch: place.scratch}),
        signal,
      }),
    async fill(copy, of: PgdumpManifest, place, {signal, log}) {
      const into = await copyAt(place)
      const program = await pgRestore(of)
      // A list of hosts is settled by a session: pg_restore then writes to the server that it was on.
      const environment = await withSession(into, signal, (client, entry) =>
        toolSession(client, {conninfo: into, entry}, RESTORE_SETTINGS),
      )
      await restorePipeline({
        source: copy,
        argv: [program, ...restoreArguments(into.database)],
        env: environment,
        signal,
        onLine: log,
      })
    },
    prove: async (of: PgdumpManifest, place, options) =>
      proveCopy({...options, manifest: of, copy: await copyAt(place)}),
    analyze: async (place, signal) => analyzeDatabase(await copyAt(place), signal),
    writeOnce: async (place, signal) => writeOnce(await copyAt(place), signal),
    drop: async (place, signal) => dropDatabase(await server(place), place.database, signal),
  }
}

/** On a scratch server tablespaces are directories of its own. */
const locating = (scratch: ScratchServer | undefined): {locate?: (tablespace: string) => Promise<string>} =>
  scratch === undefined ? {} : {locate: () => scratchTablespace(scratch)}

async function fitOf(of: PgdumpManifest, admin: Conninfo, signal: AbortSignal): Promise<Fit> {
  if ((await readPooling(admin, signal)) === 'transaction') throw pooledFault(admin)
  const target = await readTargetServer(admin, of.properties, signal)
  const {name, superuser} = target.role
  return {
    as: `${name} (${superuser ? 'superuser' : 'no superuser'})`,
    where: `PostgreSQL ${target.version} on ${addressOfHosts(admin.hosts, '').replace('postgres://', '')}`,
    ...compareFit(of, target),
  }
}
