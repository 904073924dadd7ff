import {setTimeout as sleep} from 'node:timers/promises'
import {OpsError} from '../errors.ts'
import {withSession} from '../connections/postgres/session.ts'
import type {OpsContext} from './context.ts'
import type {KeepingOps} from './keeping-ops.ts'
import type {MakingOps} from './making.ts'

/** Something to restore to: a copy of the database as it was then, or a name in its archived log. */
export interface RestorePoint {
  readonly backup: string
  readonly database: string
  readonly kind: 'copy' | 'point'
  /** Id of the backup, or name of the point. */
  readonly name: string
}

export interface RestorePointOps {
  /**
   * Makes one before something that may have to be taken back. Where the log is archived, the moment gets a name and is
   * archived; else a copy is taken, read completely and held. Raises `backup/failed` and what those raise.
   */
  createRestorePoint(why: string): Promise<RestorePoint>
}

/** Longest wait until the log is archived up to the point. */
const ARCHIVED_WITHIN_MS = 120_000
const EVERY_MS = 200

export function createRestorePointOps(context: OpsContext, ops: MakingOps & KeepingOps): RestorePointOps {
  const {source, method, tools} = context
  const made = {backup: source.backup.name, database: source.what}
  return {
    createRestorePoint: async why => {
      if (method.repository !== undefined) return {...made, kind: 'point', name: await namePoint(context)}
      const {id} = await ops.create('regular')
      await ops.requireSound(id)
      if (!tools.dryRun) await ops.hold(id, {by: 'restore point', reason: why})
      return {...made, kind: 'copy', name: id}
    },
  }
}

/** A name alone is nothing: a usable backup must lie before it, and the log must be archived up to it. */
async function namePoint({method, tools, access, source}: OpsContext): Promise<string> {
  const {backups = []} = (await method.repository?.read(tools.signal)) ?? {}
  if (!backups.some(({fault}) => fault === undefined))
    throw new OpsError('backup/missing', `there is no usable backup of ${source.backup.name} to roll forward from`, {
      hint: 'Take one first: `opsconsole run backup`.',
    })
  const name = `opsconsole_${tools.run.replaceAll(/[^A-Za-z0-9]+/g, '_')}`.slice(0, 63)
  const command = `select pg_create_restore_point('${name}'); select pg_switch_wal()`
  const work = async (signal: AbortSignal): Promise<void> =>
    withSession(await access.live(), signal, async client => {
      const {rows} = await client.query<{file: string}>('select pg_walfile_name(pg_create_restore_point($1)) as file', [
        name,
      ])
      await client.query('select pg_switch_wal()')
      for (let waited = 0; waited < ARCHIVED_WITHIN_MS; waited += EVERY_MS) {
        const archived = await client.query<{done: boolean | null}>(
          `select left(last_archived_wal, 24) collate "C" >= $1 as done from pg_stat_archiver`,
          [rows[0]?.file ?? ''],
        )
        if (archived.rows[0]?.done === true) return
        await sleep(EVERY_MS, undefined, {signal})
      }
      throw new OpsError('backup/failed', `the log up to point ${name} was not archived within two minutes`, {
        hint: 'The archive_command of the server says why, in its log.',
      })
    })
  await tools.act(command, work, undefined)
  return name
}
