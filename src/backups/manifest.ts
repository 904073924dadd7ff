import {createHash} from 'node:crypto'
import {z} from 'zod'

/** Names and measurements of one table inside the snapshot. */
const tableSchema = z.lazy(() =>
  z.strictObject({
    schema: z.string(),
    name: z.string(),
    rows: z.number().int().nonnegative(),
    /** How a row was hashed; see the `measurements.ts` of the method. */
    hash: z.enum(['record', 'text']),
    /** Decimal text of the sum over rows of the 64-bit hash of a row: the order of rows does not matter. */
    checksum: z.string().regex(/^-?\d+$/),
    /** The schemas, quoted, without which the functions of its indexes do not run; left out for most tables. */
    searchPath: z.string().optional(),
  }),
)
export type TableMeasurements = z.infer<typeof tableSchema>

/** A table whose rows are in the backup, but of which it can prove nothing but that it is there. */
const unprovedSchema = z.lazy(() => z.strictObject({schema: z.string(), name: z.string(), reason: z.string()}))
export type UnprovedTable = z.infer<typeof unprovedSchema>

/** A sequence, and its position before and after it was copied; null: never used. */
const sequenceSchema = z.lazy(() =>
  z.strictObject({
    schema: z.string(),
    name: z.string(),
    from: z
      .string()
      .regex(/^-?\d+$/)
      .nullable(),
    to: z
      .string()
      .regex(/^-?\d+$/)
      .nullable(),
  }),
)
export type SequenceMeasurements = z.infer<typeof sequenceSchema>

const largeObjectsSchema = z.lazy(() =>
  z.union([
    z.strictObject({count: z.number().int().nonnegative(), checksum: z.string()}),
    z.strictObject({unread: z.string()}),
  ]),
)
export type LargeObjects = z.infer<typeof largeObjectsSchema>

/** What `CREATE DATABASE` must be told so that the restored one behaves like the original. */
const propertiesSchema = z.lazy(() =>
  z.strictObject({
    owner: z.string(),
    encoding: z.string(),
    collate: z.string(),
    ctype: z.string(),
    provider: z.string(),
    icuLocale: z.string().nullable(),
    connectionLimit: z.number().int(),
    /** `ALTER DATABASE SET`, for everybody (role null) or one role. */
    settings: z.array(z.strictObject({role: z.string().nullable(), name: z.string(), value: z.string()})),
    /** Undefined grants are PostgreSQL's defaults. A null grantee is PUBLIC. */
    grants: z
      .array(z.strictObject({grantee: z.string().nullable(), privilege: z.string(), grantable: z.boolean()}))
      .nullable(),
    /** Roles that own or were granted something in the database. */
    roles: z.array(z.string()),
    comment: z.string().nullable().default(null),
    /** Its own, unless it is pg_default. */
    tablespace: z.string().nullable().default(null),
    /** Of the C library or ICU: where it differs, text may sort differently. */
    collationVersion: z.string().nullable().default(null),
  }),
)
export type DatabaseProperties = z.infer<typeof propertiesSchema>

/** What the server of a restore must have or allow, so that a plan can compare it before anything is made. */
const needsSchema = z.lazy(() =>
  z.strictObject({
    /** Attributes as `CREATE ROLE` takes them; never a password. */
    roles: z.array(
      z.strictObject({name: z.string(), options: z.string(), memberOf: z.array(z.string()), owns: z.boolean()}),
    ),
    extensions: z.array(z.strictObject({name: z.string(), version: z.string()})),
    tablespaces: z.array(z.strictObject({name: z.string(), location: z.string()})),
    /** What only a superuser may make: `event trigger audit`. */
    superuser: z.array(z.string()),
  }),
)
export type Needs = z.infer<typeof needsSchema>

/** Roles and tablespaces of the whole server, as pg_dumpall writes them, encrypted like the data; or why they are not there. */
const globalsSchema = z.lazy(() =>
  z.union([
    z.strictObject({
      file: z.string().regex(/^[0-9a-f-]+\.globals\.sql\.age$/),
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
      storedBytes: z.number().int().positive(),
      /** Whether password hashes are in it: only a role that may read pg_authid can copy them. */
      passwords: z.boolean(),
    }),
    z.strictObject({missing: z.string()}),
  ]),
)
export type Globals = z.infer<typeof globalsSchema>

/** The keys that the manifests of all methods have. Times are milliseconds since 1970, sizes bytes. */
const common = {
  v: z.literal(1),
  id: z.string().regex(/^[0-9]{8}-[0-9]{6}-[0-9a-f]{4}$/),
  backup: z.string(),
  environment: z.string(),
  /** What is copied, by its name: a database, a file, a server. */
  database: z.string(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  storedBytes: z.number().int().positive(),
  /** Size of the copy before compression. */
  plainBytes: z.number().int().nonnegative().nullable(),
  databaseBytes: z.number().int().nonnegative(),
  /** When the snapshot was opened, by the console's clock: the moment that the copy shows. */
  takenAt: z.number(),
  finishedAt: z.number(),
  durationMs: z.number().nonnegative(),
  /** The same moment by the clock of its server, ISO 8601. */
  serverTime: z.string(),
  serverVersion: z.string(),
  compression: z.string(),
  recipients: z.array(z.string()).min(1),
  checks: z.array(z.strictObject({name: z.string(), query: z.string(), expect: z.string()})),
  run: z.string().nullable(),
  /** Null in backups that were taken before these were kept, and where there are none. */
  globals: globalsSchema.nullable().default(null),
  /** safety: what a restore was about to replace; `newest` never means it. */
  purpose: z.enum(['regular', 'safety']).default('regular'),
}

/** One database by pg_dump. */
const pgdumpManifest = z.lazy(() =>
  z.strictObject({
    ...common,
    method: z.literal('pgdump'),
    file: z.string().regex(/^[0-9a-f-]+\.dump\.zst\.age$/),
    /** Position of the snapshot in the write-ahead log. */
    lsn: z.string(),
    systemIdentifier: z.string().nullable(),
    dumpVersion: z.string(),
    properties: propertiesSchema,
    /** Null in backups that were taken before these were kept. */
    needs: needsSchema.nullable().default(null),
    tables: z.array(tableSchema),
    unproved: z.array(unprovedSchema).default([]),
    sequences: z.array(sequenceSchema).default([]),
    /** The rows of these tables alone are in it, beside the definitions of all; left out of a whole one. */
    only: z.array(z.strictObject({schema: z.string(), name: z.string()})).optional(),
    /** Null in backups that were taken before they were compared. */
    largeObjects: largeObjectsSchema.nullable().default(null),
  }),
)
export type PgdumpManifest = z.infer<typeof pgdumpManifest>

/** One SQLite file, page by page. */
const sqliteManifest = z.lazy(() =>
  z.strictObject({
    ...common,
    method: z.literal('sqlite'),
    file: z.string().regex(/^[0-9a-f-]+\.sqlite\.zst\.age$/),
    /** Of all its pages, before compression. */
    plainSha256: z.string().regex(/^[0-9a-f]{64}$/),
    journal: z.enum(['wal', 'rollback']),
    pageSize: z.number().int().positive(),
    /** Rows without the row that they refer to, which its application may allow itself. */
    orphans: z.number().int().nonnegative(),
    tables: z.array(tableSchema),
    unproved: z.array(unprovedSchema),
  }),
)
export type SqliteManifest = z.infer<typeof sqliteManifest>

/** One Redis, as it gives itself to a replica. */
const redisManifest = z.lazy(() =>
  z.strictObject({
    ...common,
    method: z.literal('redis'),
    file: z.string().regex(/^[0-9a-f-]+\.rdb\.zst\.age$/),
    /** Of the RDB, before compression. */
    plainSha256: z.string().regex(/^[0-9a-f]{64}$/),
    /** The moment, as replication knows it. */
    replicationId: z.string(),
    offset: z.string(),
    /** Libraries of functions. */
    functions: z.number().int().nonnegative(),
    /** Keys of each type in each database; the checksum is over their names and times to live. */
    tables: z.array(tableSchema),
    unproved: z.array(unprovedSchema),
  }),
)
export type RedisManifest = z.infer<typeof redisManifest>

/** One directory: its files in a repository of restic, and here the list of them with their sums. */
const resticManifest = z.lazy(() =>
  z.strictObject({
    ...common,
    method: z.literal('restic'),
    file: z.string().regex(/^[0-9a-f-]+\.files\.zst\.age$/),
    /** Of the list, before compression. */
    plainSha256: z.string().regex(/^[0-9a-f]{64}$/),
    /** In the repository: the whole id, which is a checksum of it. */
    snapshot: z.string().regex(/^[0-9a-f]{64}$/),
    /** The path that restic knows it by. */
    directory: z.string(),
    /** New in the repository with this snapshot, before compression; null where restic did not say, or before it was kept. */
    addedBytes: z.number().int().nonnegative().nullable().default(null),
    /** Of all data in the repository afterwards, as they are stored; whoever else uses it counts. */
    repositoryBytes: z.number().int().nonnegative().nullable().default(null),
    /** Files, directories and links: how many, and a checksum over their paths and sums. */
    tables: z.array(tableSchema),
    unproved: z.array(unprovedSchema),
  }),
)
export type ResticManifest = z.infer<typeof resticManifest>

/** Version 1 of the manifest that lies beside each backup. */
export const manifestSchema = z.lazy(() => z.union([pgdumpManifest, sqliteManifest, redisManifest, resticManifest]))
export type Manifest = z.infer<typeof manifestSchema>

/** A manifest as it lies in storage. */
export interface FoundManifest {
  readonly manifest: Manifest
  /** Of its text; records about the backup carry it. */
  readonly digest: string
}

/** The text of the manifest file: the manifest, and its own digest so that a changed byte is noticed. */
export function sealManifest(manifest: Manifest): string {
  const body = JSON.stringify(manifest, null, 1)
  return `${body}\n${digestLine(body)}\n`
}

/** Raises an Error with the reason when the text is not a whole, unaltered manifest of that id. */
export function parseManifest(text: string, id: string): Manifest {
  const end = text.lastIndexOf('\nsha256:')
  if (end < 0) throw new Error('the manifest is cut short')
  const body = text.slice(0, end)
  if (text.slice(end + 1).trimEnd() !== digestLine(body)) throw new Error('the manifest was altered')
  const parsed = parseOf(JSON.parse(body))
  if (!parsed.success) throw new Error(`the manifest is not understood: ${z.prettifyError(parsed.error)}`)
  const {globals} = parsed.data
  const strange = globals !== null && 'file' in globals && globals.file !== globalsName(id)
  if (parsed.data.id !== id || parsed.data.file !== storedName(id, parsed.data.method) || strange)
    throw new Error(`the manifest belongs to backup ${parsed.data.id}`)
  return parsed.data
}

/** What the methods that write into our storage call what they copy. */
const ENDINGS: Readonly<Record<Manifest['method'], string>> = {
  pgdump: 'dump',
  sqlite: 'sqlite',
  redis: 'rdb',
  restic: 'files',
}

/** The end of the names of stored files. */
export const storedEnding = (method: Manifest['method']): string => `.${ENDINGS[method]}.zst.age`

/** Name of the stored file of a backup. */
export const storedName = (id: string, method: Manifest['method']): string => `${id}${storedEnding(method)}`

/** Name of the stored file of its roles and other globals. */
export const globalsName = (id: string): string => `${id}.globals.sql.age`

/** Binds records about a backup (verified, restored) to exactly this manifest. */
export const manifestDigest = (text: string): string => createHash('sha256').update(text).digest('hex')

/** The schema of its method alone, so that a fault is told in its own keys. */
const parseOf = (value: unknown): z.ZodSafeParseResult<Manifest> => {
  const method = typeof value === 'object' && value !== null && 'method' in value ? value.method : undefined
  if (method === 'sqlite') return sqliteManifest.safeParse(value)
  if (method === 'restic') return resticManifest.safeParse(value)
  return method === 'redis' ? redisManifest.safeParse(value) : pgdumpManifest.safeParse(value)
}

const digestLine = (body: string): string => `sha256:${manifestDigest(body)}`
