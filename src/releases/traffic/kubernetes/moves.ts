import {OpsError} from '../../../errors.ts'
import type {Rollout} from '../../instances/kubernetes/rollout.ts'
import type {Move} from '../traffic-driver.ts'

/** What is so in the cluster, and what moves make of it. */
export interface Cluster {
  /** The value that the selector of the Service has; undefined: it selects every slot. */
  readonly selected: string | undefined
  /** Whether the selector has other labels: without any it would select nothing at all. */
  readonly hasOthers: boolean
  readonly deployments: ReadonlyMap<string, Pick<Rollout, 'wanted' | 'ready'> & Partial<Rollout>>
}

interface Scale {
  readonly deployment: string
  readonly replicas: number
}

/** In this order: pods before the selector, which are waited for, the selector, pods that are needed no more. */
export interface Change {
  readonly before: readonly Scale[]
  /** Null takes the label out of the selector, so that every slot serves. */
  readonly select?: string | null
  readonly after: readonly Scale[]
}

export const serves = (servers: Readonly<Record<string, string>>, cluster: Cluster, name: string): boolean =>
  cluster.selected === undefined || cluster.selected === servers[name]

/**
 * A Service selects one slot or all. Raises `traffic/refused` for anything between: a part of a slot cannot be taken out
 * of a selector that names the slot.
 */
export function changeFor(
  servers: Readonly<Record<string, string>>,
  moves: readonly Move[],
  cluster: Cluster,
  pods: number | undefined,
): Change {
  const moved = new Map(moves.map(move => [move.server, move.to]))
  const names = Object.keys(servers)
  const serving = names.filter(name =>
    moved.has(name) ? moved.get(name) === 'serving' : serves(servers, cluster, name),
  )
  const values = new Set(serving.map(name => servers[name] ?? ''))
  const [value] = values
  const whole = names.filter(name => values.has(servers[name] ?? '')).length === serving.length
  if (!whole || value === undefined)
    throw new OpsError(
      'traffic/refused',
      value === undefined
        ? 'a Service must select a slot'
        : 'a Service selects whole slots, and a part of one is asked for',
    )
  const all = new Set(Object.values(servers)).size
  if (values.size > 1 && values.size < all)
    throw new OpsError('traffic/refused', 'a Service selects one slot or all of them')
  const select = values.size === 1 ? value : null
  if (select === null && !cluster.hasOthers)
    throw new OpsError(
      'traffic/refused',
      'the selector of the Service has no other label: without this one it would select nothing',
      {
        hint: 'Add a label that the pods of both slots have, such as `app`, to the selector.',
      },
    )
  const wanted = podsFor(moves, serving, cluster, pods)
  const isLater = ({deployment, replicas}: Scale): boolean =>
    serves(servers, cluster, deployment) && replicas < (cluster.deployments.get(deployment)?.wanted ?? 0)
  return {
    before: wanted.filter(each => !isLater(each)),
    ...((select ?? undefined) === cluster.selected ? {} : {select}),
    after: wanted.filter(isLater),
  }
}

/**
 * Weights as numbers of pods. The greatest has all of `pods`, as it has alone: nothing is missing when it gets the other's
 * requests back. Each that serves has at least one. A slot that had a share and then serves alone gets all of them, too.
 */
function podsFor(
  moves: readonly Move[],
  serving: readonly string[],
  {selected, deployments}: Cluster,
  pods: number | undefined,
): readonly Scale[] {
  const weights = new Map(moves.map(({server, weight}) => [server, weight]))
  const isShared = selected === undefined || moves.some(({weight}) => weight !== undefined)
  if (pods === undefined || !isShared) return []
  const numbers = serving.map(name => weights.get(name)).filter(weight => typeof weight === 'number')
  const most = Math.max(1, ...numbers)
  return serving.flatMap(name => {
    const weight = weights.get(name)
    const replicas = typeof weight === 'number' ? Math.max(1, Math.round((pods * weight) / most)) : pods
    return replicas === deployments.get(name)?.wanted ? [] : [{deployment: name, replicas}]
  })
}
