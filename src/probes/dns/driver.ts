import {defineDriver} from '../../kinds/define-driver.ts'
import {escapeLine} from '../../text/escape.ts'
import {dnsProbeSchema} from './schema.ts'
import {parseServer} from './servers.ts'

export const dnsProbe = defineDriver({
  type: 'dns',
  schema: dnsProbeSchema,
  load: async () => (await import('./probe.ts')).openDnsProbe,
  check: ({servers}) =>
    (servers ?? []).flatMap((server, index) =>
      parseServer(server)
        ? []
        : [
            {
              path: ['servers', index],
              message: () => 'should be an IP address, with a port or without: 10.0.0.2, [::1]:53',
            },
          ],
    ),
  address: ({record, name}) => escapeLine(`${record} ${name}`, 200),
  example: {
    entry: {name: 'mail-records', interval: '1m'},
    spec: {
      type: 'dns',
      name: 'example.com',
      record: 'MX',
      servers: ['10.0.0.2', '10.0.0.3:5353'],
      expect: {equals: ['10 mx1.example.com', '20 mx2.example.com'], contains: ['10 mx1.example.com'], atLeast: 2},
      timeout: '2s',
    },
  },
})
