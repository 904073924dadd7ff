import {defineDriver} from '../../../kinds/define-driver.ts'
import {commandInstancesSchema} from './schema.ts'

export const commandInstances = defineDriver({
  type: 'command',
  schema: commandInstancesSchema,
  load: async () => (await import('./command.ts')).openCommandInstances,
  paths: (spec, places) => ({
    ...spec,
    deploy: places.program(spec.deploy),
    stop: places.program(spec.stop),
    ...(spec.check === undefined ? {} : {check: places.program(spec.check)}),
    ...(spec.logs === undefined ? {} : {logs: places.program(spec.logs)}),
  }),
  example: {
    spec: {
      type: 'command',
      deploy: ['./deploy-instance', '{instance}', '{version}'],
      stop: ['./stop-instance', '{instance}'],
      check: ['./artefact-is-there', '{instance}', '{version}'],
      logs: ['./instance-logs', '{id}'],
      ids: {blue1: '3287d2a4', green1: '9185c0f1'},
      timeout: '1m',
    },
  },
})
