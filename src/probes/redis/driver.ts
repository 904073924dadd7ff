import {addressOfRef} from '../../connections/address.ts'
import {defineDriver} from '../../kinds/define-driver.ts'
import {checkRedis} from '../../kinds/issue.ts'
import {redisProbeSchema} from './schema.ts'

export const redisProbe = defineDriver({
  type: 'redis',
  schema: redisProbeSchema,
  load: async () => (await import('./probe.ts')).openRedisProbe,
  check: ({url}) => checkRedis(['url'], url),
  address: ({url}) => addressOfRef(url),
  example: {entry: {name: 'queue'}, spec: {type: 'redis', url: {file: 'secrets/queue-url'}}},
})
