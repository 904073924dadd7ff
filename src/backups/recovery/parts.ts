import {tmpdir} from 'node:os'
import {OpsError} from '../../errors.ts'
import type {OpsContext} from '../context.ts'
import type {BackupRepository} from '../methods/repository.ts'

/** Raises `usage/arguments` for a method that keeps single moments. */
export function repositoryOf({method, source}: OpsContext): BackupRepository {
  if (method.repository !== undefined) return method.repository
  throw new OpsError('usage/arguments', `backup ${source.backup.name} knows single moments, each a backup of its own`, {
    hint: 'Use the runbook restore with the id of one: `opsconsole backup list`.',
  })
}

export const binariesOf = ({source}: OpsContext): string | undefined => source.backup.drill.binaries
export const placeOf = ({source}: OpsContext): string => source.backup.pgbackrest?.scratch ?? tmpdir()
