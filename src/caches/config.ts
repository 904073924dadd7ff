import {z} from 'zod'
import {lateObject} from '../kinds/late-object.ts'
import {duration, environmentName, name, secret} from '../config/fields.ts'

/** A Redis cache, its table of key prefixes, and the events that empty parts of it. */
export const cacheSchema = lateObject(() => ({
  name: name('Unique name of the cache within its environment'),
  environment: environmentName(),
  url: secret('redis:// or rediss:// URL, or redis+sentinel://HOST,HOST/MASTER'),
  interval: duration('Time between probes').default(30_000),
  timeout: duration('Deadline of one probe').default(5_000),
  namespaces: z
    .array(
      z.strictObject({
        pattern: z.string().min(1).describe('Key pattern, such as resume:list:*'),
        ttl: duration('Longest time to live that a key of this namespace should have; none when left out').optional(),
        hits: z.string().optional().describe('Key of the counter of hits that the application publishes'),
        misses: z.string().optional().describe('Key of the counter of misses that the application publishes'),
      }),
    )
    .default([])
    .describe('Namespaces, first match wins'),
  events: z
    .record(z.string(), z.array(z.string().min(1)).min(1))
    .default({})
    .describe('Invalidation events: a name and the key patterns it removes, with placeholders such as {id}'),
}))
export type CacheConfig = z.infer<typeof cacheSchema>
