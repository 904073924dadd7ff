import {z} from 'zod'
import {lateObject} from '../../../kinds/late-object.ts'
import {once} from '../../../units/once.ts'
import {duration} from '../../../config/fields.ts'

/** Of the traffic: what counts users' requests there. */
export const countsField = once(() =>
  z
    .array(z.string())
    .min(1)
    .optional()
    .describe(
      'Program that prints the answers of each instance as JSON; see docs/releases.md. Left out: nobody counts them, and a canary proves nothing',
    ),
)

/** How the cluster is reached, the same for instances and traffic. */
export const kubectlFields = once(() => ({
  kubectl: z.array(z.string()).min(1).default(['kubectl']).describe('kubectl, with its first arguments if any'),
  context: z.string().optional().describe('Context of the kubeconfig; its current one when left out'),
  namespace: z.string().default('default').describe('Namespace'),
}))

export const kubernetesInstancesSchema = lateObject(() => ({
  type: z.literal('kubernetes'),
  ...kubectlFields(),
  deployment: z
    .string()
    .default('{instance}')
    .describe('Deployment of an instance; {slot} and {instance} are filled in'),
  container: z.string().describe('Container of the Deployment that has the version'),
  image: z.string().describe('Image; {version} is filled in: registry.example.com/web:{version}'),
  replicas: z.number().int().min(1).default(1).describe('Pods of a Deployment that was started'),
  timeout: duration('Deadline of one start or stop, and of the health after it').default(300_000),
}))
export type KubernetesInstancesSpec = z.infer<typeof kubernetesInstancesSchema>
