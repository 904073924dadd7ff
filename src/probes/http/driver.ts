import {safeAddress} from '../../connections/address.ts'
import {defineDriver} from '../../kinds/define-driver.ts'
import {checkExpression} from '../../kinds/issue.ts'
import {httpProbeSchema} from './schema.ts'

export const httpProbe = defineDriver({
  type: 'http',
  schema: httpProbeSchema,
  load: async () => (await import('./probe.ts')).openHttpProbe,
  check: ({expect}) => [
    ...checkExpression(['expect', 'body'], expect.body),
    ...Object.entries(expect.headers).flatMap(([name, text]) => checkExpression(['expect', 'headers', name], text)),
  ],
  paths: (spec, places) =>
    spec.tls?.ca === undefined ? spec : {...spec, tls: {...spec.tls, ca: places.file(spec.tls.ca)}},
  address: ({url}) => safeAddress(url),
  example: {
    entry: {name: 'web'},
    spec: {
      type: 'http',
      url: 'https://shop.example.com/health',
      method: 'GET',
      headers: {Authorization: {env: 'HEALTH_TOKEN'}},
      expect: {
        status: [200],
        body: 'ok',
        json: {'checks.database.status': 'up'},
        headers: {'Cache-Control': 'no-store'},
        maxSize: '64kb',
        certificateDays: 14,
      },
      words: {shipped: 'up'},
      tls: {ca: 'internal-ca.pem', serverName: 'shop.example.com'},
      follow: false,
      timeout: '3s',
    },
  },
})
