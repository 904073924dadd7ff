import {z} from 'zod'
import {lateObject} from '../../../kinds/late-object.ts'
import {duration} from '../../../config/fields.ts'
import {countsField, kubectlFields} from '../../instances/kubernetes/schema.ts'

export const gatewayTrafficSchema = lateObject(() => ({
  type: z.literal('gateway'),
  ...kubectlFields(),
  route: z.string().min(1).describe('HTTPRoute whose weights move the traffic'),
  servers: z
    .record(z.string(), z.string().min(1))
    .describe(
      'Service by instance, as the HTTPRoute names it: {web-blue: web-blue, web-green: web-green}; each instance is a Deployment of that name',
    ),
  otherRoutes: z
    .array(z.string())
    .default([])
    .describe('Further HTTPRoutes that may send to these Services, such as one for tests; any other stops plans'),
  settle: duration('How long the Gateways may take to accept new weights').default(30_000),
  counts: countsField(),
  timeout: duration('Deadline of one call of kubectl, and of `counts`').default(30_000),
}))
export type GatewayTrafficSpec = z.infer<typeof gatewayTrafficSchema>
