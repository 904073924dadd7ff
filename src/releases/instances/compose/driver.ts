import {defineDriver} from '../../../kinds/define-driver.ts'
import {composeSchema} from './schema.ts'

export const composeInstances = defineDriver({
  type: 'compose',
  schema: composeSchema,
  load: async () => (await import('./compose.ts')).openCompose,
  paths: (spec, places) => ({...spec, engine: places.program(spec.engine)}),
  example: {
    spec: {
      type: 'compose',
      engine: ['docker', 'compose'],
      file: 'compose.yaml',
      project: 'shop',
      service: '{instance}',
      variable: 'VERSION',
      timeout: '1m',
    },
  },
})
