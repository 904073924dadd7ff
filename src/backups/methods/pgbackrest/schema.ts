import {z} from 'zod'
import {lateObject} from '../../../kinds/late-object.ts'
import {duration} from '../../../config/fields.ts'

/** What of pgBackRest is ours to know; everything else stands in its own configuration. */
export const pgbackrestFields = lateObject(() => ({
  stanza: z
    .string()
    .regex(/^[A-Za-z0-9_][A-Za-z0-9_-]*$/, 'should be the name of a stanza')
    .describe('Stanza of the cluster'),
  config: z.string().default('/etc/pgbackrest/pgbackrest.conf').describe("pgBackRest's own configuration"),
  program: z.string().default('pgbackrest').describe('pgbackrest, or the path to it'),
  user: z
    .string()
    .default('postgres')
    .describe('Owner of the stanza: pgBackRest runs as this user when the console runs as root, never as root'),
  superuser: z.string().default('postgres').describe('Superuser of the cluster, to see into a restored copy'),
  maxAge: duration('A newest usable backup older than this raises an alert').default(93_600_000),
  receivers: z
    .array(z.string().min(1))
    .default([])
    .describe(
      'application_name of each pg_receivewal whose directory a recovery can read after the archive; what it has counts as not lost',
    ),
  scratch: z
    .string()
    .optional()
    .describe('Directory for isolated restores, with room for the cluster; the temporary directory when left out'),
}))

export const pgbackrestSchema = lateObject(() => ({...pgbackrestFields.shape, type: z.literal('pgbackrest')})).describe(
  'pgbackrest: physical, a whole cluster, restored to any moment of its write-ahead log',
)
export type PgbackrestSpec = z.output<typeof pgbackrestSchema>
