import {z} from 'zod'
import {lateObject} from '../../../kinds/late-object.ts'

export const directoryStorageSchema = lateObject(() => ({
  type: z.literal('dir'),
  path: z.string().min(1).describe('Directory that holds backups and their catalogue'),
}))
export type DirectoryStorageSpec = z.infer<typeof directoryStorageSchema>
