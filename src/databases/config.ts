import {z} from 'zod'
import {lateObject} from '../kinds/late-object.ts'
import {duration, environmentName, name, secret} from '../config/fields.ts'

/** A PostgreSQL database. */
export const databaseSchema = lateObject(() => ({
  name: name('Unique name of the database within its environment'),
  environment: environmentName(),
  url: secret('postgres:// URL of the database'),
  adminUrl: secret('postgres:// URL of a role that may create and rename databases; `url` when left out').optional(),
  interval: duration('Time between probes').default(30_000),
  timeout: duration('Deadline of one probe').default(5_000),
  connectionsAbove: z
    .number()
    .min(0)
    .max(1)
    .default(0.8)
    .describe('Share of max_connections in use that counts as degraded'),
  standbys: z
    .array(z.string().min(1))
    .default([])
    .describe('application_name of each standby that should stream from it; one that does not is degraded'),
}))
export type DatabaseConfig = z.infer<typeof databaseSchema>
