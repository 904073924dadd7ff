import {z} from 'zod'
import {secret} from '../../config/fields.ts'

export const redisProbeSchema = z.strictObject({
  type: z.literal('redis'),
  url: secret('redis:// or rediss:// URL, or redis+sentinel://HOST,HOST/MASTER'),
})
export type RedisProbeSpec = z.infer<typeof redisProbeSchema>
