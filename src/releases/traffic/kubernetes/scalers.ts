import type {Obstacle} from '../../../kinds/questions.ts'
import type {Exec} from '../../../processes/exec.ts'
import {escapeLine} from '../../../text/escape.ts'
import {kubectlArgv} from '../../instances/kubernetes/kubectl.ts'
import type {KubernetesTrafficSpec} from './schema.ts'

interface Scaler {
  readonly metadata?: {readonly name?: unknown}
  readonly spec?: {readonly scaleTargetRef?: {readonly kind?: unknown; readonly name?: unknown}}
}

/** A share that is a number of pods does not stay where an autoscaler sets that number. Not said where it may not be read. */
export async function scalerObstacles(spec: KubernetesTrafficSpec, exec: Exec): Promise<readonly Obstacle[]> {
  if (spec.replicas === undefined) return []
  const argv = [...kubectlArgv(spec), 'get', 'horizontalpodautoscalers', '--output=json']
  const said = await exec(argv, {timeoutMs: spec.timeout, cwd: '/', anyExit: true}).catch(() => undefined)
  return scalersOf(said?.exitCode === 0 ? said.stdout : '')
    .filter(({spec: its}) => its?.scaleTargetRef?.kind === 'Deployment')
    .filter(({spec: its}) => Object.hasOwn(spec.servers, String(its?.scaleTargetRef?.name)))
    .map(({metadata, spec: its}) => ({
      what: `the HorizontalPodAutoscaler ${escapeLine(String(metadata?.name), 80)} sets the pods of ${escapeLine(String(its?.scaleTargetRef?.name), 80)}: a share by pods would not stay`,
      fix: 'Leave traffic.replicas out and use `deploy`, or take the autoscaler away for a canary.',
    }))
}

function scalersOf(text: string): readonly Scaler[] {
  try {
    const {items} = JSON.parse(text) as {readonly items?: unknown}
    return Array.isArray(items) ? (items as readonly Scaler[]) : []
  } catch {
    return []
  }
}
