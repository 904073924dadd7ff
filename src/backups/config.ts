import {z} from 'zod'
import {lateObject} from '../kinds/late-object.ts'
import {duration, environmentName, name, secret, size} from '../config/fields.ts'
import {methods} from './methods/registry.ts'
import {pgbackrestFields} from './methods/pgbackrest/schema.ts'
import {redisFields} from './methods/redis/schema.ts'
import {resticFields} from './methods/restic/schema.ts'
import {sqliteFields} from './methods/sqlite/schema.ts'
import {backupScheduleFields} from './schedule-fields.ts'
import {storages} from './storage/registry.ts'

/** A backup: what is copied, where it is kept, who can open it, how fresh it must be. */
export const backupSchema = lateObject(() => ({
  name: name('Unique name of the backup within its environment'),
  environment: environmentName(),
  database: z
    .string()
    .optional()
    .describe('Name of the PostgreSQL database that is backed up, by pgdump or pgbackrest'),
  method: z
    .literal([...methods.types])
    .default('pgdump')
    .describe(
      'pgdump: logical, one database, custom format; pgbackrest: physical, the whole cluster, restored to any moment; sqlite: one SQLite file; redis: one Redis; restic: one directory',
    ),
  pgbackrest: pgbackrestFields.optional().describe('What the method pgbackrest must know'),
  sqlite: sqliteFields.optional().describe('What the method sqlite must know'),
  redis: redisFields.optional().describe('What the method redis must know'),
  restic: resticFields.optional().describe('What the method restic must know'),
  storage: storages.schema.describe(
    'Where backups are kept; of pgbackrest, whose repository is its own, the proofs and holds',
  ),
  copies: z
    .array(
      z.strictObject({
        name: name('Name of the place, such as vault'),
        storage: storages.schema.describe('Where it is'),
        offSite: z
          .boolean()
          .default(false)
          .describe('It stands where what destroys the first place does not reach: another building, another account'),
        immutable: z
          .boolean()
          .default(false)
          .describe('What is stored there can be neither changed nor removed with the keys of this host'),
        bandwidth: size('Bytes a second that copying may take, on average').optional(),
      }),
    )
    .default([])
    .describe('Other places that keep the same backups, each with a catalogue of its own'),
  encryption: z
    .strictObject({
      recipients: z
        .array(z.string().regex(/^age1[0-9a-z]+$/, 'should be an age recipient (age1...)'))
        .default([])
        .describe('age public keys that can open the backup; pgbackrest encrypts by its own configuration'),
      identity: secret('age identity (AGE-SECRET-KEY-1...) used to verify and restore').optional(),
    })
    .prefault({})
    .describe('Client-side encryption, age format'),
  signing: z
    .strictObject({
      key: z
        .string()
        .optional()
        .describe(
          'SSH private key, or the public one of a key in the agent, that signs new manifests; only checked when left out',
        ),
      allowedSigners: z.string().describe('Keys whose signature counts, as ssh-keygen(1) describes: ALLOWED SIGNERS'),
      signer: z.string().default('opsconsole').describe('Whose keys of that list count'),
    })
    .optional()
    .describe('Signatures of manifests: a backup without one that counts is not good, and is not restored'),
  rpo: duration(
    'A newest good backup older than this raises an alert. Left out: 26h, so that a daily one may take its time, and longer where the schedule of `run backup` is rarer',
  ).default(93_600_000),
  keep: z.number().int().min(1).default(14).describe('Backups kept by prune; the newest good one always stays'),
  retention: z
    .strictObject({
      daily: z.number().int().min(0).default(0).describe('Days with a backup of which the newest is kept; UTC'),
      weekly: z.number().int().min(0).default(0).describe('Weeks, from Monday, of which the newest is kept'),
      monthly: z.number().int().min(0).default(0).describe('Months of which the newest is kept'),
      window: duration('Promised: every backup of this time is kept, and the one that shows its beginning').optional(),
    })
    .prefault({})
    .describe('What prune keeps besides the newest `keep`'),
  schedule: backupScheduleFields.optional().describe('When an agent works on it by itself'),
  interval: duration('Time between reads of the catalogue').default(30_000),
  timeout: duration('Deadline of one probe').default(10_000),
  checks: z
    .array(
      z.strictObject({
        name: z.string().describe('What the query shows, for the report'),
        query: z.string().describe('Query on the restored database'),
        expect: z.string().describe('Text of its first column'),
      }),
    )
    .default([])
    .describe('Queries that a restored copy must answer'),
  drill: z
    .strictObject({
      rto: duration('Recovery time objective').default(900_000),
      rpo: duration('Recovery point objective').default(93_600_000),
      binaries: z
        .string()
        .optional()
        .describe('Directory of initdb and pg_ctl for the scratch server; found when left out'),
      user: z
        .string()
        .optional()
        .describe('Unprivileged user that runs the scratch server when the console runs as root'),
    })
    .prefault({})
    .describe('Objectives and means of a restore drill'),
}))
export type BackupConfig = z.infer<typeof backupSchema>
