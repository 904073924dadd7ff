import {defineDriver} from '../../../kinds/define-driver.ts'
import {redisSchema} from './schema.ts'

export const redisMethod = defineDriver({
  type: 'redis',
  schema: redisSchema,
  load: async () => (await import('./redis.ts')).openRedisMethod,
  programs: [
    {
      program: 'redis-server',
      why: 'restores and drills of Redis',
      debian: 'redis-server',
      needed: true,
      key: 'program',
    },
    {program: 'zstd', why: 'fast compression of backups', debian: 'zstd', needed: false},
  ],
  example: {
    spec: {type: 'redis', url: {env: 'SESSIONS_URL'}, into: {env: 'RESTORED_URL'}, program: '/usr/bin/redis-server'},
  },
})
