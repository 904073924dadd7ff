import {OpsError} from '../../../errors.ts'
import {escapeLine} from '../../../text/escape.ts'
import {type Deployment, rolloutOf} from '../../instances/kubernetes/rollout.ts'
import type {Cluster} from './moves.ts'

export interface Named extends Omit<Deployment, 'spec'> {
  readonly spec?: {readonly selector?: unknown; readonly replicas?: unknown}
}

/** Of a List as `kubectl get --output=json` prints it. Raises `traffic/refused` for anything else. */
export function clusterOf(text: string, {service, label}: {readonly service: string; readonly label: string}): Cluster {
  const items = itemsOf(text)
  const own = items.find(({kind, metadata}) => kind === 'Service' && metadata?.name === service)
  if (own === undefined) throw new OpsError('traffic/refused', `the cluster has no Service ${escapeLine(service, 80)}`)
  const selector = (own.spec?.selector ?? {}) as Readonly<Record<string, unknown>>
  const labels = Object.keys(selector)
  if (labels.length === 0)
    throw new OpsError(
      'traffic/refused',
      `the Service ${escapeLine(service, 80)} has no selector: where its requests go is not said by it`,
      {hint: 'Its endpoints are made by something else. Name a Service that selects pods.'},
    )
  const selected = Object.hasOwn(selector, label) ? String(selector[label]) : undefined
  const deployments = items
    .filter(({kind}) => kind === 'Deployment')
    .map(each => [String(each.metadata?.name), rolloutOf(each as Deployment)] as const)
  return {selected, hasOthers: labels.some(name => name !== label), deployments: new Map(deployments)}
}

/** The items of a List as kubectl prints it. Raises `traffic/refused` for anything else. */
export function itemsOf(text: string): readonly Named[] {
  try {
    const {items} = JSON.parse(text) as {readonly items?: unknown}
    if (Array.isArray(items)) return items as readonly Named[]
  } catch {
    // Said below.
  }
  throw new OpsError('traffic/refused', `kubectl printed no list of objects: ${escapeLine(text, 120) || 'nothing'}`)
}
