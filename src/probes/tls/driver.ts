import {defineDriver} from '../../kinds/define-driver.ts'
import {escapeLine} from '../../text/escape.ts'
import {tlsProbeSchema} from './schema.ts'

export const tlsProbe = defineDriver({
  type: 'tls',
  schema: tlsProbeSchema,
  load: async () => (await import('./probe.ts')).openTlsProbe,
  paths: (spec, places) => (spec.ca === undefined ? spec : {...spec, ca: places.file(spec.ca)}),
  check: ({degradedBefore, downBefore}) =>
    downBefore <= degradedBefore
      ? []
      : [{path: ['downBefore'], message: () => 'should not be longer than degradedBefore: degraded comes first'}],
  address: ({host, port}) => escapeLine(`${host}:${port}`, 200),
  example: {
    entry: {name: 'mail-certificate', interval: '10m'},
    spec: {
      type: 'tls',
      host: 'mx1.internal',
      port: 465,
      serverName: 'mail.example.com',
      ca: '/etc/ssl/private-ca.pem',
      minVersion: '1.3',
      degradedBefore: '21d',
      downBefore: '2d',
    },
  },
})
