import {OpsError} from '../../errors.ts'
import type {BackupConfig} from '../config.ts'
import type {methods} from './registry.ts'

type MethodSpec = Parameters<typeof methods.programs>[0]

/** The section of the method of a backup, as its driver takes it. */
export function methodSpec({method, pgbackrest}: Pick<BackupConfig, 'method' | 'pgbackrest'>): MethodSpec {
  if (method === 'pgdump') return {type: method}
  if (pgbackrest !== undefined) return {type: method, ...pgbackrest}
  throw new OpsError('config/invalid', 'backups/pgbackrest: should say at least its stanza')
}
