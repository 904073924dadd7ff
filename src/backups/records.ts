import {z} from 'zod'

/** Small files beside a backup: what became known about it after it was made. Each names the manifest it is about. */
export const verifiedSchema = z.lazy(() =>
  z.strictObject({
    v: z.literal(1),
    /** SHA-256 of the manifest file: a record about another manifest does not count. */
    manifest: z.string(),
    at: z.number(),
    ok: z.boolean(),
    /** full: decrypted, decompressed and read by pg_restore to its end · checksum: stored bytes only, no identity here. */
    level: z.enum(['full', 'checksum']),
    /** truncated, altered, wrong key, missing, unreadable: empty when ok. */
    fault: z.string(),
    reason: z.string(),
    durationMs: z.number(),
    /** Of the stored file when it was read: a file touched since is unchecked again. */
    modifiedMs: z.number(),
    run: z.string().nullable(),
  }),
)
export type VerifiedRecord = z.infer<typeof verifiedSchema>

export const restoredSchema = z.lazy(() =>
  z.strictObject({
    v: z.literal(1),
    manifest: z.string(),
    at: z.number(),
    ok: z.boolean(),
    reason: z.string(),
    into: z.string(),
    tables: z.number().int(),
    rows: z.number().int(),
    durationMs: z.number(),
    run: z.string().nullable(),
  }),
)
/** How the reason of a record begins whose copy could not be filled, so that there was nothing to compare. */
export const RESTORE_FAILED = 'restore failed: '
export type RestoredRecord = z.infer<typeof restoredSchema>

export const holdSchema = z.lazy(() =>
  z.strictObject({
    v: z.literal(1),
    at: z.number(),
    by: z.string(),
    reason: z.string(),
  }),
)
export type HoldRecord = z.infer<typeof holdSchema>

/** One restore drill, with the moments that its measurements come from. Times are milliseconds since 1970. */
export const drillSchema = z.lazy(() =>
  z.strictObject({
    v: z.literal(1),
    environment: z.string(),
    backup: z.string(),
    run: z.string(),
    /** Which backup was restored, how it was chosen, and the moment it shows. */
    id: z.string(),
    pick: z.enum(['newest', 'random', 'named']),
    takenAt: z.number(),
    /** The moment that the newest usable backup shows: what a disaster at `startedAt` would have left. */
    newestTakenAt: z.number(),
    storedBytes: z.number(),
    databaseBytes: z.number(),
    /** The assumed disaster and the start of the recovery. */
    startedAt: z.number(),
    firstWriteAt: z.number().nullable(),
    endedAt: z.number(),
    phases: z.array(z.strictObject({name: z.string(), ms: z.number(), inRto: z.boolean()})),
    rtoMs: z.number().nullable(),
    rpoMs: z.number(),
    targets: z.strictObject({rtoMs: z.number(), rpoMs: z.number()}),
    proof: z
      .strictObject({ok: z.boolean(), tables: z.number(), rows: z.number(), checks: z.number(), reason: z.string()})
      .nullable(),
    /** As whom and where it ran, and what would be different on the real server, `real`, for the role of the configuration. */
    world: z
      .strictObject({as: z.string(), where: z.string(), real: z.string(), differs: z.array(z.string())})
      .nullable()
      .default(null),
    ok: z.boolean(),
    reason: z.string(),
  }),
)
export type DrillRecord = z.infer<typeof drillSchema>
/** How the reason of a drill begins that a person or a deadline stopped: nothing was found out. */
export const DRILL_STOPPED = 'stopped: '

/** The kinds of records and the end of their file names. */
export const RECORDS = {verified: verifiedSchema, restored: restoredSchema, hold: holdSchema} as const
export type RecordKind = keyof typeof RECORDS
export type RecordOf<Kind extends RecordKind> = z.infer<(typeof RECORDS)[Kind]>
