import {z} from 'zod'
import {duration} from '../../../config/fields.ts'

export const sqliteFields = z.strictObject({
  file: z.string().min(1).describe('The SQLite file, as its application opens it'),
  wait: duration('How long a writer that keeps the file locked is waited for').default(30_000),
})

export const sqliteSchema = sqliteFields
  .extend({type: z.literal('sqlite')})
  .describe('sqlite: one SQLite file, as it is at one moment, while its application goes on')
export type SqliteSpec = z.output<typeof sqliteSchema>
