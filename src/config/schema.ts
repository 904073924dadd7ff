import {z} from 'zod'
import {alertsSchema} from '../alerts/config.ts'
import {backupSchema} from '../backups/config.ts'
import {cacheSchema} from '../caches/config.ts'
import {databaseSchema} from '../databases/config.ts'
import {serviceSchema} from '../services/config.ts'
import {releaseSchema} from '../releases/config.ts'
import {sharedLocksSchema} from '../runbooks/config.ts'
import {policySchema} from '../admission/config.ts'
import {environmentSchema} from './environment.ts'

/** The whole file. Each section's schema lives with its owner. */
export const configSchema = z.strictObject({
  project: z.string().min(1).max(40).default('opsconsole').describe('Name shown at the top of the screen'),
  environments: z.array(environmentSchema).min(1).describe('The environments; the first is the one shown first'),
  services: z.array(serviceSchema).default([]).describe('What is watched'),
  caches: z.array(cacheSchema).default([]).describe('Redis caches'),
  databases: z.array(databaseSchema).default([]).describe('PostgreSQL databases'),
  backups: z.array(backupSchema).default([]).describe('Backups'),
  releases: z.array(releaseSchema).default([]).describe('Releases'),
  alerts: alertsSchema.prefault({}).describe('Alert rules and channels'),
  sharedLocks: sharedLocksSchema.optional().describe('Locks that several hosts respect, kept in a PostgreSQL'),
  policy: policySchema.prefault({}).describe('Safety rules'),
})
export type RawConfig = z.infer<typeof configSchema>

/** Entries after loading always know their environment. */
type Placed<T> = T & {readonly environment: string}
export interface Config extends Omit<RawConfig, 'services' | 'caches' | 'databases' | 'backups' | 'releases'> {
  readonly services: readonly Placed<RawConfig['services'][number]>[]
  readonly caches: readonly Placed<RawConfig['caches'][number]>[]
  readonly databases: readonly Placed<RawConfig['databases'][number]>[]
  readonly backups: readonly Placed<RawConfig['backups'][number]>[]
  readonly releases: readonly Placed<RawConfig['releases'][number]>[]
  /** Absolute path of the file; relative paths inside it are relative to its directory. */
  readonly file: string
}
