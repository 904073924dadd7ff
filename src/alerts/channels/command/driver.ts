import {defineDriver} from '../../../kinds/define-driver.ts'
import {escapeLine} from '../../../text/escape.ts'
import {commandChannelSchema} from './schema.ts'

export const commandChannel = defineDriver({
  type: 'command',
  schema: commandChannelSchema,
  load: async () => (await import('./channel.ts')).openCommandChannel,
  paths: (spec, places) => ({...spec, command: places.program(spec.command)}),
  address: ({command}) => escapeLine(command[0] ?? '', 200),
  example: {
    spec: {
      type: 'command',
      name: 'pager-script',
      command: ['./bin/notify', '--room', 'ops'],
      severities: ['critical'],
      rateLimit: 30,
      fallback: 'log',
      timeout: '10s',
    },
  },
})
