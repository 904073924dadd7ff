import {OpsError} from '../../../errors.ts'
import {escapeLine} from '../../../text/escape.ts'
import type {Cluster} from './moves.ts'

interface Named {
  readonly kind?: unknown
  readonly metadata?: {readonly name?: unknown}
  readonly spec?: {readonly selector?: unknown; readonly replicas?: unknown}
  readonly status?: {readonly readyReplicas?: unknown}
}

/** Of a List as `kubectl get --output=json` prints it. Raises `traffic/refused` for anything else. */
export function clusterOf(text: string, {service, label}: {readonly service: string; readonly label: string}): Cluster {
  const items = itemsOf(text)
  const own = items.find(({kind, metadata}) => kind === 'Service' && metadata?.name === service)
  if (own === undefined) throw new OpsError('traffic/refused', `the cluster has no Service ${escapeLine(service, 80)}`)
  const selector = (own.spec?.selector ?? {}) as Readonly<Record<string, unknown>>
  const selected = Object.hasOwn(selector, label) ? String(selector[label]) : undefined
  const deployments = items
    .filter(({kind}) => kind === 'Deployment')
    .map(
      ({metadata, spec, status}) =>
        [
          String(metadata?.name),
          // Left out is one: the default of the API. No pod that is ready is left out, too.
          {wanted: Number(spec?.replicas ?? 1), ready: Number(status?.readyReplicas ?? 0)},
        ] as const,
    )
  return {selected, deployments: new Map(deployments)}
}

function itemsOf(text: string): readonly Named[] {
  try {
    const {items} = JSON.parse(text) as {readonly items?: unknown}
    if (Array.isArray(items)) return items as readonly Named[]
  } catch {
    // Said below.
  }
  throw new OpsError('traffic/refused', `kubectl printed no list of objects: ${escapeLine(text, 120)}`)
}
