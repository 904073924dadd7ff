import {defineDriver} from '../../../kinds/define-driver.ts'
import {kubernetesTrafficSchema} from './schema.ts'

export const kubernetesTraffic = defineDriver({
  type: 'kubernetes',
  schema: kubernetesTrafficSchema,
  load: async () => (await import('./kubernetes.ts')).openKubernetesTraffic,
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
      type: 'kubernetes',
      kubectl: ['kubectl'],
      context: 'production',
      namespace: 'shop',
      service: 'web',
      label: 'slot',
      servers: {blue1: 'blue', green1: 'green'},
      replicas: 20,
      podsTimeout: '2m',
      counts: ['./count-requests'],
      timeout: '30s',
    },
  },
})
