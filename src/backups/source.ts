import type {DatabaseConfig} from '../databases/config.ts'
import {OpsError} from '../errors.ts'
import type {BackupConfig} from './config.ts'
import type {Manifest} from './manifest.ts'
import {storages} from './storage/registry.ts'

/** One configured backup with what it copies and the place it lives in. */
export interface BackupSource {
  readonly backup: BackupConfig & {readonly environment: string}
  /** What is copied, for people: a database of the configuration, the path of a file; else the name of the backup. */
  readonly what: string
  /** The PostgreSQL database, of the methods that copy one. */
  readonly database?: DatabaseConfig & {readonly environment: string}
  /** Where its files are, for people: never with credentials. */
  readonly address: string
}

/** The part of the configuration that backups need. */
export interface BackupsConfig {
  readonly backups: readonly BackupSource['backup'][]
  readonly databases: readonly NonNullable<BackupSource['database']>[]
}

export function backupSources(config: BackupsConfig, environment?: string): readonly BackupSource[] {
  return config.backups
    .filter(backup => environment === undefined || backup.environment === environment)
    .map(backup => sourceOf(config, backup))
}

/** The named backup of an environment, or its only one. Raises `config/invalid`, `usage/arguments`. */
export function backupSource(config: BackupsConfig, environment: string, name?: string): BackupSource {
  const sources = backupSources(config, environment)
  const names = sources.map(source => source.backup.name).join(', ')
  if (sources.length === 0)
    throw new OpsError('usage/arguments', `no backup is configured for ${environment}`, {
      hint: 'Add a `backups` entry to the configuration.',
    })
  if (name === undefined && sources.length > 1)
    throw new OpsError('usage/arguments', `several backups are configured for ${environment}: ${names}`, {
      hint: 'Name one of them.',
    })
  const found = name === undefined ? sources[0] : sources.find(source => source.backup.name === name)
  if (found === undefined)
    throw new OpsError('usage/arguments', `no backup is called ${JSON.stringify(name)} in ${environment}`, {
      hint: `Configured: ${names}.`,
    })
  return found
}

function sourceOf(config: BackupsConfig, backup: BackupSource['backup']): BackupSource {
  const address = `${storages.address(backup.storage)}/${folderOf(backup)}`
  const what = copiedBy(backup)
  if (backup.method !== 'pgdump' && backup.method !== 'pgbackrest') return {backup, what, address}
  const database = config.databases.find(
    candidate => candidate.name === backup.database && candidate.environment === backup.environment,
  )
  if (database === undefined)
    throw new OpsError(
      'config/invalid',
      `backups/${backup.name}/database: should be a database of ${backup.environment}, got ${JSON.stringify(backup.database)}`,
    )
  return {backup, what, database, address}
}

/** What a backup copies, for people. */
export const copiedBy = ({
  database,
  sqlite,
  restic,
  name,
}: Pick<BackupConfig, 'database' | 'sqlite' | 'restic' | 'name'>): string =>
  database ?? sqlite?.file ?? restic?.directory ?? name

/** The same backups where a copy of them is kept. Raises `usage/arguments` when there is no such place. */
export function placeOf({backup, ...source}: BackupSource, name: string): BackupSource {
  const copy = backup.copies.find(one => one.name === name)
  if (copy === undefined)
    throw new OpsError('usage/arguments', `backup ${backup.name} has no copy called ${JSON.stringify(name)}`, {
      hint:
        backup.copies.length === 0
          ? 'Add `copies` to the backup in the configuration.'
          : `Configured: ${backup.copies.map(one => one.name).join(', ')}.`,
    })
  const placed = {...backup, storage: copy.storage, copies: []}
  return {...source, backup: placed, address: `${storages.address(copy.storage)}/${folderOf(placed)}`}
}

/** Whose files are in its storage. A physical one keeps its own, and has only proofs there. */
export const storingMethod = ({backup}: BackupSource): Manifest['method'] =>
  backup.method === 'pgbackrest' ? 'pgdump' : backup.method

/** `ENVIRONMENT/NAME` within the storage, so that neither two backups nor two environments can be mixed up. */
export const folderOf = (backup: BackupSource['backup']): string => `${backup.environment}/${backup.name}`
