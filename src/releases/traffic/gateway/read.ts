import {OpsError} from '../../../errors.ts'
import {escapeLine} from '../../../text/escape.ts'
import {type Deployment, type Rollout, rolloutOf} from '../../instances/kubernetes/rollout.ts'
import {itemsOf} from '../kubernetes/read.ts'
import {type Route, routeOf} from './route.ts'
import type {GatewayTrafficSpec} from './schema.ts'

/** What is so in the cluster. */
export interface Seen {
  readonly route: Route
  readonly deployments: ReadonlyMap<string, Rollout>
}

/** Of a List as `kubectl get --output=json` prints it. Raises `traffic/refused` for anything else. */
export function seenOf(text: string, {route, servers}: Pick<GatewayTrafficSpec, 'route' | 'servers'>): Seen {
  const items = itemsOf(text)
  const own = items.find(({kind, metadata}) => kind === 'HTTPRoute' && metadata?.name === route)
  if (own === undefined) throw new OpsError('traffic/refused', `the cluster has no HTTPRoute ${escapeLine(route, 80)}`)
  const deployments = items
    .filter(({kind}) => kind === 'Deployment')
    .map(each => [String(each.metadata?.name), rolloutOf(each as Deployment)] as const)
  return {route: routeOf(own, servers), deployments: new Map(deployments)}
}
