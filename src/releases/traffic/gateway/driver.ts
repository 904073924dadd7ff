import {defineDriver} from '../../../kinds/define-driver.ts'
import {gatewayTrafficSchema} from './schema.ts'

export const gatewayTraffic = defineDriver({
  type: 'gateway',
  schema: gatewayTrafficSchema,
  load: async () => (await import('./gateway.ts')).openGatewayTraffic,
  paths: (spec, places) => ({
    ...spec,
    kubectl: places.program(spec.kubectl),
    ...(spec.counts === undefined ? {} : {counts: places.program(spec.counts)}),
  }),
  doctor: async (spec, tools) => [
    await (await import('../../instances/kubernetes/doctor.ts')).checkKubectl(spec, tools),
  ],
  example: {
    spec: {
      type: 'gateway',
      kubectl: ['kubectl'],
      context: 'production',
      namespace: 'shop',
      route: 'web',
      servers: {blue1: 'web-blue', green1: 'web-green'},
      otherRoutes: ['web-test'],
      settle: '30s',
      counts: ['./count-requests'],
      timeout: '30s',
    },
  },
})
