import type {TrafficState} from '../traffic/traffic-driver.ts'

/** Weights of single servers by which one slot gets its share, in the order of their names. */
export interface Weights {
  readonly canary: readonly number[]
  readonly stable: readonly number[]
}

const MOST = 256
/** What it costs that a server gets more or less beside the others of its slot than usually, where a share that is off costs 1. */
const UNEVEN = 0.1

/** What each has by the configuration of the load balancer; the same for all where that is not known of one. */
export function ownWeights(state: TrafficState, names: readonly string[]): readonly number[] {
  const known = names.map(name => state.servers.get(name)?.ownWeight)
  return known.map(weight => (known.includes(undefined) ? 1 : Math.max(1, weight ?? 1)))
}

/**
 * The whole weights that come nearest to the share: 13 and 247 give exactly 5 % with as many servers on both sides. Servers of a
 * slot that are not alike stay so beside each other.
 */
export function weightsFor(percent: number, own: Weights): Weights {
  const share = percent / 100
  let best: Weights = own
  let least = Number.POSITIVE_INFINITY
  for (let most = MOST; most >= 1; most -= 1) {
    const stable = scaled(own.stable, most / Math.max(...own.stable))
    const canary = scaled(own.canary, (share * sumOf(stable)) / ((1 - share) * sumOf(own.canary)))
    const off = Math.abs(sumOf(canary) / (sumOf(canary) + sumOf(stable)) - share)
    const cost = off + UNEVEN * (uneven(own.canary, canary) + uneven(own.stable, stable))
    if (cost < least - 1e-12) [best, least] = [{canary, stable}, cost]
  }
  return best
}

/** All of them times something, as whole weights. */
export const scaled = (weights: readonly number[], by: number): readonly number[] =>
  weights.map(weight => Math.min(MOST, Math.max(1, Math.round(weight * by))))

const sumOf = (weights: readonly number[]): number => weights.reduce((sum, weight) => sum + weight, 0)

/** How far a server is at most from the part of its slot that it usually gets. */
const uneven = (own: readonly number[], now: readonly number[]): number =>
  Math.max(...own.map((weight, at) => Math.abs(weight / sumOf(own) - (now[at] ?? 0) / sumOf(now))))
