import {z} from 'zod'

export const directoryStorageSchema = z.strictObject({
  type: z.literal('dir'),
  path: z.string().min(1).describe('Directory that holds backups and their catalogue'),
})
export type DirectoryStorageSpec = z.infer<typeof directoryStorageSchema>
