import {addressOfRef} from '../../connections/address.ts'
import {defineDriver} from '../../kinds/define-driver.ts'
import {checkPostgres} from '../../kinds/issue.ts'
import {postgresProbeSchema} from './schema.ts'

export const postgresProbe = defineDriver({
  type: 'postgres',
  schema: postgresProbeSchema,
  load: async () => (await import('./probe.ts')).openPostgresProbe,
  check: ({url}) => checkPostgres(['url'], url),
  address: ({url}) => addressOfRef(url),
  example: {
    entry: {name: 'replica'},
    spec: {type: 'postgres', url: {env: 'REPLICA_URL'}, query: 'select count(*) from orders', lagAbove: '10s'},
  },
})
