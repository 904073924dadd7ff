import {OpsError} from '../../errors.ts'
import type {BackupConfig} from '../config.ts'
import type {methods} from './registry.ts'

type MethodSpec = Parameters<typeof methods.programs>[0]

/** The section of the method of a backup, as its driver takes it. */
export function methodSpec({
  method,
  pgbackrest,
  sqlite,
  redis,
  restic,
}: Pick<BackupConfig, 'method' | 'pgbackrest' | 'sqlite' | 'redis' | 'restic'>): MethodSpec {
  if (method === 'pgdump') return {type: method}
  if (method === 'pgbackrest' && pgbackrest !== undefined) return {type: method, ...pgbackrest}
  if (method === 'sqlite' && sqlite !== undefined) return {type: method, ...sqlite}
  if (method === 'redis' && redis !== undefined) return {type: method, ...redis}
  if (method === 'restic' && restic !== undefined) return {type: method, ...restic}
  throw new OpsError('config/invalid', `backups/${method}: should be there: the method is ${method}`)
}
