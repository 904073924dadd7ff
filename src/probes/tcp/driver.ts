import {defineDriver} from '../../kinds/define-driver.ts'
import {checkExpression} from '../../kinds/issue.ts'
import {escapeLine} from '../../text/escape.ts'
import {tcpProbeSchema} from './schema.ts'

export const tcpProbe = defineDriver({
  type: 'tcp',
  schema: tcpProbeSchema,
  load: async () => (await import('./probe.ts')).openTcpProbe,
  check: ({expect}) => checkExpression(['expect'], expect),
  address: ({host, port}) => escapeLine(`${host}:${port}`, 200),
  example: {
    entry: {name: 'mail'},
    spec: {type: 'tcp', host: 'mail.internal', port: 25, send: 'QUIT\r\n', expect: '^220 '},
  },
})
