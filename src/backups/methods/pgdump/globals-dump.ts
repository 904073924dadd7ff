import type {Client} from 'pg'
import type {Conninfo} from '../../../connections/postgres/conninfo.ts'
import {connectionArgument} from '../../../connections/postgres/quote.ts'
import {withSession} from '../../../connections/postgres/session.ts'
import {startTool} from '../../../processes/tool.ts'
import {sealInto} from '../../encryption/seal-into.ts'
import type {UnfinishedFile} from '../../storage/storage.ts'
import {findProgram} from './binaries.ts'
import {OWN_SESSION, toolSession} from './tool-session.ts'

export interface GlobalsOptions {
  readonly file: UnfinishedFile
  readonly recipients: readonly string[]
  /** Directory of pg_dumpall; found when undefined. */
  readonly binaries: string | undefined
  readonly signal: AbortSignal
  readonly log: (line: string) => void
}

/** pg_dumpall's arguments. It asks the database that is backed up: the role may not be let into another one. */
export const globalsArguments = (database: string, passwords: boolean): readonly string[] => [
  '--globals-only',
  '--no-password',
  ...(passwords ? [] : ['--no-role-passwords']),
  `--database=${connectionArgument(database)}`,
]

/**
 * pg_dumpall --globals-only → age → file: every role with its attributes, memberships, settings and comment, every
 * tablespace, and the rights on configuration parameters. Password hashes only where this role may read them.
 */
export async function dumpGlobals(
  connection: Conninfo,
  options: GlobalsOptions,
): Promise<{sha256: string; storedBytes: number; passwords: boolean}> {
  return withSession(connection, options.signal, async (client, reached) => {
    const {passwords, major} = await readRights(client)
    const program = await findProgram('pg_dumpall', major, {directory: options.binaries})
    const dump = startTool([program, ...globalsArguments(connection.database, passwords)], {
      env: await toolSession(client, {conninfo: connection, entry: reached}, OWN_SESSION),
      stdin: 'none',
      stdout: 'pipe',
      signal: options.signal,
      onLine: options.log,
    })
    try {
      const stored = await sealInto(options.file, dump.stdout ?? [], options.recipients)
      await dump.ended
      return {...stored, passwords}
    } catch (error) {
      await dump.stop()
      throw error
    }
  })
}

async function readRights(client: Client): Promise<{passwords: boolean; major: number}> {
  const {rows} = await client.query<{passwords: boolean; number: string}>(
    `SELECT has_table_privilege('pg_catalog.pg_authid', 'SELECT') AS passwords,
       current_setting('server_version_num') AS number`,
  )
  return {passwords: rows[0]?.passwords === true, major: Math.floor(Number(rows[0]?.number ?? 0) / 10_000)}
}
