import type {Conninfo} from '../../../connections/postgres/conninfo.ts'
import {readPooling} from '../../../connections/postgres/pooling.ts'
import {describeConnection, withSession} from '../../../connections/postgres/session.ts'
import {OpsError} from '../../../errors.ts'
import {escapeLine} from '../../../text/escape.ts'
import type {PgdumpManifest} from '../../manifest.ts'
import type {UnfinishedFile} from '../../storage/storage.ts'
import type {Taken, TakeTools} from '../method.ts'
import {partOf} from '../../tables/part.ts'
import type {TableName} from '../../tables/table-name.ts'
import {findProgram} from './binaries.ts'
import {streamDump} from './dump.ts'
import {readMeasurements} from './measurements.ts'
import {beginMeasuring} from './measuring-session.ts'
import {readLargeObjects, readSequences, sequenceRanges} from './read-others.ts'
import {openSnapshot, type Snapshot} from './snapshot.ts'
import {OWN_SESSION, toolSession} from './tool-session.ts'
import {toolVersion} from './version.ts'

export interface TakeOptions {
  readonly file: UnfinishedFile
  readonly recipients: readonly string[]
  /** Directory of pg_dump; found when undefined. */
  readonly binaries: string | undefined
  /** The rows of these tables alone. */
  readonly only?: readonly TableName[] | undefined
  readonly tools: TakeTools
}

/** One snapshot serves both pg_dump and the measurements, so that these describe exactly what is in the file. */
export async function takeDump(connection: Conninfo, options: TakeOptions): Promise<Taken> {
  const {file, recipients, binaries, tools} = options
  if ((await readPooling(connection, tools.signal)) === 'transaction') throw pooledFault(connection)
  return withSession(connection, tools.signal, async (client, reached) => {
    const ownPath = await beginMeasuring(client)
    const takenAt = tools.clock.now()
    const snapshot = await openSnapshot(client)
    const program = await findProgram('pg_dump', snapshot.major, {directory: binaries})
    tools.log(`snapshot at ${snapshot.serverTime}, ${snapshot.lsn}`)
    const environment = await toolSession(client, {conninfo: connection, entry: reached}, OWN_SESSION)
    const before = await readSequences(client)
    const part = options.only === undefined ? undefined : await partOf(client, options.only)
    const [dump, measured, dumpVersion] = await together(tools.signal, signal => [
      streamDump({
        environment,
        program,
        snapshot: snapshot.name,
        ...(part === undefined ? {} : {more: part.arguments}),
        recipients,
        file,
        signal,
        progress: bounded(tools, snapshot.databaseBytes),
        connected: tools.connected ?? (() => undefined),
        log: tools.log,
      }),
      readMeasurements(client, {signal, ownPath, ...(part === undefined ? {} : {only: part.leaves})}),
      toolVersion(program, signal),
    ])
    return {
      ...dump,
      method: 'pgdump',
      database: connection.database,
      takenAt,
      ...described(snapshot),
      dumpVersion,
      tables: [...measured.tables],
      unproved: [...measured.unproved],
      largeObjects: part === undefined ? await readLargeObjects(client) : null,
      sequences: sequenceRanges(before, await readSequences(client)),
      ...(options.only === undefined ? {} : {only: [...options.only]}),
    }
  })
}

/** pg_dump sets its session once; behind such a pooler that lands in the sessions of others, with an empty search path. */
export const pooledFault = (connection: Conninfo): OpsError =>
  new OpsError(
    'config/invalid',
    `${describeConnection(connection)} is a pooler in transaction mode: pg_dump and pg_restore need a session of their own`,
    {hint: 'Set adminUrl of the database to the server itself, or to a pool in session mode.'},
  )

const described = (
  snapshot: Snapshot,
): Pick<
  PgdumpManifest,
  'databaseBytes' | 'serverTime' | 'lsn' | 'systemIdentifier' | 'serverVersion' | 'properties' | 'needs'
> => ({
  databaseBytes: snapshot.databaseBytes,
  serverTime: snapshot.serverTime,
  lsn: snapshot.lsn,
  systemIdentifier: snapshot.systemIdentifier,
  serverVersion: escapeLine(snapshot.serverVersion, 100),
  properties: snapshot.properties,
  needs: snapshot.needs,
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
  (tools: TakeTools, total: number): ((done: number) => void) =>
  done =>
    tools.progress(Math.min(done, total), total, 'bytes')
