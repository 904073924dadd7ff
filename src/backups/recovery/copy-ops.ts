import {OpsError} from '../../errors.ts'
import type {OpsContext} from '../context.ts'
import {createBackup, describeCreate} from '../create.ts'
import {dryEntry, DRY_ID} from '../dry-entry.ts'
import type {BackupMethod} from '../methods/method.ts'
import {openPgdump} from '../methods/pgdump/pgdump.ts'
import type {BackupEntry} from '../rows.ts'
import {parseTables} from '../tables/table-name.ts'
import {scratchConnection, type ScratchServer} from '../scratch.ts'

/** Where a copy comes from, and which moment it shows, milliseconds since 1970; the dump's own when nobody knows it. */
export interface CopySource {
  readonly server: ScratchServer
  readonly database: string
  readonly shows: number | undefined
  /** The rows of these tables alone, as `-p table=` has them. */
  readonly table?: string | undefined
}

/** Bringing one database of an isolated server into the catalogue, from where the runbook restore swaps it in. */
export interface CopyOps {
  /**
   * Dumps it like a backup of the live one: sealed, with manifest and globals, dated by the moment that it shows. It counts
   * as the safety backup of a restore: kept, and never the newest. Raises `backup/failed`, `usage/arguments`.
   */
  createFrom(copy: CopySource): Promise<BackupEntry>
}

export function createCopyOps({source, catalog, tools, method: own}: OpsContext): CopyOps {
  return {
    async createFrom(copy) {
      if (own.takeGlobals === undefined)
        throw new OpsError('usage/arguments', `backup ${source.backup.name} does not hold single databases`, {
          hint: 'Name one with method: pgdump.',
        })
      const method = methodOf(copy)
      const id = await tools.act(
        await describeCreate(source, method),
        async signal => {
          const made = await createBackup({source, catalog, method, purpose: 'safety', tools: {...tools, signal}})
          return made.id
        },
        DRY_ID,
      )
      const entry = (await catalog.list(tools.signal)).find(candidate => candidate.id === id)
      return entry ?? dryEntry(tools.clock.now())
    },
  }
}

/** The method of a live database, with the isolated server in its place. */
function methodOf({server, database, shows, table}: CopySource): BackupMethod {
  const nobody = (): Promise<never> => Promise.reject(new TypeError('an isolated copy is not the live database'))
  const method = openPgdump({
    access: {
      live: async () => scratchConnection(server, database),
      admin: async () => scratchConnection(server),
      read: nobody,
    },
    binaries: server.binaries,
    only: table === undefined ? undefined : parseTables(table),
  })
  return {
    ...method,
    async take(into, tools) {
      const taken = await method.take(into, tools)
      return shows === undefined ? taken : {...taken, takenAt: shows, serverTime: new Date(shows).toISOString()}
    },
  }
}
