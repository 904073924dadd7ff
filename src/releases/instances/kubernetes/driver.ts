import {defineDriver} from '../../../kinds/define-driver.ts'
import {kubernetesInstancesSchema} from './schema.ts'

export const kubernetesInstances = defineDriver({
  type: 'kubernetes',
  schema: kubernetesInstancesSchema,
  load: async () => (await import('./kubernetes.ts')).openKubernetesInstances,
  paths: (spec, places) => ({...spec, kubectl: places.program(spec.kubectl)}),
  doctor: async (spec, tools) => [await (await import('./doctor.ts')).checkKubectl(spec, tools)],
  example: {
    entry: {name: 'deployments'},
    spec: {
      type: 'kubernetes',
      kubectl: ['kubectl'],
      context: 'production',
      namespace: 'shop',
      deployment: '{instance}',
      container: 'web',
      image: 'registry.example.com/web:{version}',
      replicas: 3,
      timeout: '5m',
    },
  },
})
