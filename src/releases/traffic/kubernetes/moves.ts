import {OpsError} from '../../../errors.ts'
import type {Move} from '../traffic-driver.ts'

/** What is so in the cluster, and what moves make of it. */
export interface Cluster {
  /** The value that the selector of the Service has; undefined: it selects every slot. */
  readonly selected: string | undefined
  /** Pods that are wanted, and ready, by Deployment. */
  readonly deployments: ReadonlyMap<string, {readonly wanted: number; readonly ready: number}>
}

export interface Change {
  /** Null takes the label out of the selector, so that every slot serves. */
  readonly select?: string | null
  readonly scale: readonly {readonly deployment: string; readonly replicas: number}[]
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
  const scale = scaleFor(moves, names, pods)
  return (select ?? undefined) === cluster.selected ? {scale} : {select, scale}
}

/** Weights of a hundred as numbers of pods, at least one for whoever serves; `own` is an equal part. */
function scaleFor(moves: readonly Move[], names: readonly string[], pods: number | undefined): Change['scale'] {
  const weighted = moves.filter(move => move.weight !== undefined && move.to === 'serving')
  if (pods === undefined || weighted.length === 0) return []
  const weightOf = ({weight}: Move): number => (typeof weight === 'number' ? weight : 100)
  const numbered = weighted.some(({weight}) => typeof weight === 'number')
  const sum = weighted.reduce((all, move) => all + weightOf(move), 0)
  return weighted.map(move => ({
    deployment: move.server,
    replicas: numbered
      ? Math.max(1, Math.round((pods * weightOf(move)) / sum))
      : Math.max(1, Math.ceil(pods / Math.max(1, names.length))),
  }))
}
