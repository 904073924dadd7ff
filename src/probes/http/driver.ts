import {safeAddress} from '../../connections/address.ts'
import {defineDriver} from '../../kinds/define-driver.ts'
import {checkExpression} from '../../kinds/issue.ts'
import {openHttpProbe} from './probe.ts'
import {httpProbeSchema} from './schema.ts'

export const httpProbe = defineDriver({
  type: 'http',
  schema: httpProbeSchema,
  open: openHttpProbe,
  check: ({expect}) => checkExpression(['expect', 'body'], expect.body),
  address: ({url}) => safeAddress(url),
  example: {
    entry: {name: 'web'},
    spec: {
      type: 'http',
      url: 'https://shop.example.com/health',
      method: 'GET',
      headers: {Authorization: {env: 'HEALTH_TOKEN'}},
      expect: {status: [200], body: 'ok', json: {'checks.database.status': 'up'}, certificateDays: 14},
      follow: false,
      timeout: '3s',
    },
  },
})
