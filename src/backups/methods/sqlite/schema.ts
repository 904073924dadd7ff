import {z} from 'zod'
import {lateObject} from '../../../kinds/late-object.ts'
import {duration} from '../../../config/fields.ts'

export const sqliteFields = lateObject(() => ({
  file: z.string().min(1).describe('The SQLite file, as its application opens it'),
  wait: duration('How long a writer that keeps the file locked is waited for').default(30_000),
}))

export const sqliteSchema = lateObject(() => ({...sqliteFields.shape, type: z.literal('sqlite')})).describe(
  'sqlite: one SQLite file, as it is at one moment, while its application goes on',
)
export type SqliteSpec = z.output<typeof sqliteSchema>
