import {z} from 'zod'
import {lateObject} from '../../../kinds/late-object.ts'
import {secret} from '../../../config/fields.ts'

export const redisFields = lateObject(() => ({
  url: secret(
    'redis:// or rediss:// URL, or redis+sentinel://HOST,HOST/MASTER; its user may run PSYNC, REPLCONF and INFO',
  ),
  into: secret('URL of an empty server that restores fill; a drill needs none').optional(),
  program: z.string().default('redis-server').describe('redis-server, or the path to it, for scratch servers'),
}))

export const redisSchema = lateObject(() => ({...redisFields.shape, type: z.literal('redis')})).describe(
  'redis: all databases of one Redis, as it would give them to a replica',
)
export type RedisSpec = z.output<typeof redisSchema>
