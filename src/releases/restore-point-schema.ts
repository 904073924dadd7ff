import {z} from 'zod'

export const restorePointSchema = z.lazy(() =>
  z.object({
    backup: z.string(),
    database: z.string(),
    kind: z.enum(['copy', 'point']),
    /** Id of the backup, or name of the point. */
    name: z.string(),
    /** The deploy before which it was made. */
    from: z.string(),
    to: z.string(),
    at: z.number(),
    run: z.string(),
  }),
)
/** What the database can be brought back to: made before a deploy migrated it. */
export type ReleasePoint = z.infer<typeof restorePointSchema>
