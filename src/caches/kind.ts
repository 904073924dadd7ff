import {defineKind} from '../kinds/define-kind.ts'
import {checkRedis} from '../kinds/issue.ts'
import {formatBytes} from '../units/bytes.ts'
import {formatCount, formatShare} from '../units/number.ts'
import {orDash} from '../units/or-dash.ts'
import {cacheRows} from './cache-rows.ts'
import {cacheSchema} from './config.ts'
import type {PlacedCache} from './target.ts'

export const cacheKind = defineKind({
  section: 'caches',
  target: 'cache',
  meaning: 'Redis caches',
  schema: cacheSchema,
  examples: [
    {
      name: 'sessions',
      environment: 'production',
      url: {env: 'REDIS_URL'},
      interval: '30s',
      timeout: '5s',
      namespaces: [
        {pattern: 'resume:list:*', ttl: '2m', hits: 'stats:resume:hits', misses: 'stats:resume:misses'},
        {pattern: 'session:*', ttl: '1d'},
      ],
      events: {RESUME_UPDATED: ['resume:{id}', 'resume:list:{user}:*']},
    },
  ],
  check: ({url}) => checkRedis(['url'], url),
  targets: async (config: {readonly caches: readonly PlacedCache[]}, tools) =>
    (await import('./target.ts')).cacheTargets(config, tools),
  rows: (config: {readonly caches: readonly PlacedCache[]}, watch) => cacheRows(config, watch.view, watch.measurements),
  glance: row => [
    `hit rate ${orDash(row.hitRate, formatShare)}`,
    `${orDash(row.opsPerSecond, formatCount)} ops/s`,
    orDash(row.usedBytes, formatBytes),
  ],
  ops: async () => {
    const {createCacheOps} = await import('./ops.ts')
    return (_, cache, tools) => createCacheOps(cache, tools)
  },
})
