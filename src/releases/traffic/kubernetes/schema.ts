import {z} from 'zod'
import {lateObject} from '../../../kinds/late-object.ts'
import {duration} from '../../../config/fields.ts'
import {countsField, kubectlFields} from '../../instances/kubernetes/schema.ts'

export const kubernetesTrafficSchema = lateObject(() => ({
  type: z.literal('kubernetes'),
  ...kubectlFields(),
  service: z.string().describe('Service that takes the traffic'),
  label: z.string().default('slot').describe('Label in the selector of the Service that says which pods serve'),
  servers: z
    .record(z.string(), z.string())
    .describe('Value of the label by instance: {web-blue: blue, web-green: green}; each is a Deployment of that name'),
  replicas: z
    .number()
    .int()
    .min(2)
    .optional()
    .describe(
      'Pods of a slot that serves alone: a share is a number of pods beside them. Left out: no shares, no canary',
    ),
  podsTimeout: duration('Longest wait for pods that a share needs, before the Service selects them').default(120_000),
  counts: countsField(),
  timeout: duration('Deadline of one call of kubectl, and of `counts`').default(30_000),
}))
export type KubernetesTrafficSpec = z.infer<typeof kubernetesTrafficSchema>
