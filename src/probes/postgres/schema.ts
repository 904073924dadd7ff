import {z} from 'zod'
import {lateObject} from '../../kinds/late-object.ts'
import {duration, secret} from '../../config/fields.ts'

export const postgresProbeSchema = lateObject(() => ({
  type: z.literal('postgres'),
  url: secret('postgres:// URL'),
  query: z
    .string()
    .default('select 1')
    .describe('Query that must succeed; every fifth time it goes over a new session'),
  lagAbove: duration('Replication lag above this is degraded').optional(),
}))
export type PostgresProbeSpec = z.infer<typeof postgresProbeSchema>
