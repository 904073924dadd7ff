import {defineDriver} from '../../kinds/define-driver.ts'
import {escapeLine} from '../../text/escape.ts'
import {commandProbeSchema} from './schema.ts'

export const commandProbe = defineDriver({
  type: 'command',
  schema: commandProbeSchema,
  load: async () => (await import('./probe.ts')).openCommandProbe,
  paths: (spec, places) => ({...spec, command: places.program(spec.command)}),
  address: ({command}) => escapeLine(command.join(' '), 200),
  example: {
    entry: {name: 'certificates', interval: '1h'},
    spec: {type: 'command', command: ['./checks/certificates', '--days', '14']},
  },
})
