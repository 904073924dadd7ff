import {defineDriver} from '../../../kinds/define-driver.ts'
import {escapeLine} from '../../../text/escape.ts'
import {fileChannelSchema} from './schema.ts'

export const fileChannel = defineDriver({
  type: 'file',
  schema: fileChannelSchema,
  load: async () => (await import('./channel.ts')).openFileChannel,
  paths: (spec, places) => ({...spec, path: places.file(spec.path)}),
  address: ({path}) => escapeLine(path, 200),
  example: {
    spec: {
      type: 'file',
      name: 'log',
      path: '/var/log/opsconsole/alerts.jsonl',
      severities: ['critical', 'warning', 'info'],
      rateLimit: 30,
      fallback: 'ops-room',
    },
  },
})
