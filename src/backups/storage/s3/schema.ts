import {z} from 'zod'
import {lateObject} from '../../../kinds/late-object.ts'
import {httpUrl, secret, size} from '../../../config/fields.ts'

const MB = 1024 * 1024

export const s3StorageSchema = lateObject(() => ({
  type: z.literal('s3'),
  endpoint: httpUrl('Where the service answers, such as https://s3.eu-central-1.amazonaws.com, without the bucket'),
  region: z
    .string()
    .regex(/^[a-z0-9-]{1,64}$/, 'should be the name of a region, such as eu-central-1')
    .default('us-east-1')
    .describe('Region that requests are signed for'),
  bucket: z
    .string()
    .regex(
      /^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$/,
      'should be the name of a bucket: 3 to 63 letters, digits, dots, dashes',
    )
    .describe('Bucket that keeps the backups; it must exist'),
  prefix: z
    .string()
    .regex(/^[\w!'()*.-]+(?:\/[\w!'()*.-]+)*$/, 'should be plain words with / between them')
    .optional()
    .describe('What the names of its objects begin with'),
  addressing: z
    .literal(['path', 'virtual-host'])
    .default('path')
    .describe('path: ENDPOINT/BUCKET; virtual-host: BUCKET.ENDPOINT'),
  accessKeyId: secret('Name of the access key'),
  secretAccessKey: secret('The access key'),
  sessionToken: secret('Token of temporary credentials').optional(),
  ca: z.string().min(1).optional().describe('PEM file of the authorities that may have signed its certificate'),
  partSize: size('Bytes of one part of an upload, of which there may be 10,000; three are kept in memory')
    .refine(bytes => bytes >= 5 * MB && bytes <= 1024 * MB, 'should be from 5mb to 1gb')
    .default(16 * MB),
}))
export type S3StorageSpec = z.infer<typeof s3StorageSchema>
