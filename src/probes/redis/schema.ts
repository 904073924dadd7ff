import {z} from 'zod'
import {lateObject} from '../../kinds/late-object.ts'
import {secret} from '../../config/fields.ts'

export const redisProbeSchema = lateObject(() => ({
  type: z.literal('redis'),
  url: secret('redis:// or rediss:// URL, or redis+sentinel://HOST,HOST/MASTER'),
}))
export type RedisProbeSpec = z.infer<typeof redisProbeSchema>
