import {z} from 'zod'
import {lateObject} from '../../../kinds/late-object.ts'
import {secret} from '../../../config/fields.ts'

export const resticFields = lateObject(() => ({
  directory: z.string().min(1).describe('The directory that is copied, with everything below it'),
  repository: z
    .string()
    .min(1)
    .describe('The repository as restic names it, made with `restic init`: a path, sftp:USER@HOST:PATH, s3:…, rest:…'),
  password: secret('Password of the repository'),
  environment: z
    .record(z.string().regex(/^[A-Z][A-Z0-9_]*$/), secret('Value of a variable'))
    .default({})
    .describe('What restic needs to reach the repository, such as AWS_ACCESS_KEY_ID'),
  program: z.string().default('restic').describe('restic, or the path to it; 0.14 or newer'),
}))

export const resticSchema = lateObject(() => ({...resticFields.shape, type: z.literal('restic')})).describe(
  'restic: one directory, such as configuration or uploads, in a repository of restic',
)
export type ResticSpec = z.output<typeof resticSchema>
