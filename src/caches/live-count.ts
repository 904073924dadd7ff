import {isRefused} from '../connections/redis/refusal.ts'
import type {Clock} from '../units/clock.ts'
import {beginCount, type CountProgress, countSlice, type Estimate, estimate} from './count.ts'
import type {CacheRow} from './rows.ts'
import type {CacheServer} from './server.ts'
import type {Namespace, NamespaceCount} from './namespace-counts.ts'

/** Up to this many keys are counted exactly at every probe, TTL and size of each included. */
const SMALL = 5_000
/** Steps of SCAN that one probe may spend on the exact count of a large cache: 30,000 keys, some 0.1 s of the server. */
const STEPS_A_LOOK = 300
const SAMPLE_SIZE = 5_000
/** How long an exact count of a large cache is shown before sampling takes over and the next one begins. */
const KEPT_MS = 600_000

/** What is known of the namespaces between probes. */
export interface LiveCount {
  readonly running: CountProgress | undefined
  readonly exact: {readonly at: number; readonly progress: CountProgress} | undefined
  readonly estimated: {readonly at: number; readonly estimate: Estimate} | undefined
}

export const nothingCounted: LiveCount = {running: undefined, exact: undefined, estimated: undefined}

/** One probe's share of the counting. Small caches are exact at once; large ones are sampled while the count goes on. */
export async function countOn(
  server: CacheServer,
  namespaces: readonly Namespace[],
  count: LiveCount,
  tools: {readonly clock: Clock; readonly signal: AbortSignal},
): Promise<LiveCount> {
  const {clock, signal} = tools
  if (namespaces.length === 0) return count
  const size = await server.size()
  if (server.refused.has('SCAN')) return estimateOnly(server, namespaces, count, tools)
  try {
    if (size !== undefined && size <= SMALL) {
      const begun = await beginCount(server, namespaces, SMALL)
      const progress = await countSlice(server, namespaces, begun, {steps: STEPS_A_LOOK, signal, breathe: true})
      return {running: undefined, exact: {at: clock.now(), progress}, estimated: undefined}
    }
    const isFresh = count.exact !== undefined && clock.now() - count.exact.at < KEPT_MS
    if (isFresh && count.running === undefined) return count
    const running = count.running ?? (await beginCount(server, namespaces, SAMPLE_SIZE))
    const progress = await countSlice(server, namespaces, running, {steps: STEPS_A_LOOK, signal, breathe: true})
    if (progress.cursor === undefined)
      return {running: undefined, exact: {at: clock.now(), progress}, estimated: undefined}
    return await estimateOnly(server, namespaces, {...count, running: progress}, tools)
  } catch (error) {
    if (!isRefused(error)) throw error
    return estimateOnly(server, namespaces, nothingCounted, tools)
  }
}

/** A role may be forbidden to run scripts; then the exact count is all there is. */
async function estimateOnly(
  server: CacheServer,
  namespaces: readonly Namespace[],
  count: LiveCount,
  {clock, signal}: {readonly clock: Clock; readonly signal: AbortSignal},
): Promise<LiveCount> {
  const found = await estimate(server, namespaces, {sample: SAMPLE_SIZE, signal})
  return found === undefined ? count : {...count, estimated: {at: clock.now(), estimate: found}}
}

/** The newer of the exact count and the estimate. */
export function bestCount(count: LiveCount):
  | {
      readonly counts: readonly NamespaceCount[]
      readonly scale: number
      readonly counted: NonNullable<CacheRow['counted']>
    }
  | undefined {
  const {exact, estimated} = count
  if (estimated !== undefined && (exact === undefined || estimated.at > exact.at)) {
    const {counts, sampled, size, errorBound} = estimated.estimate
    return {counts, scale: sampled === 0 ? 0 : size / sampled, counted: {at: estimated.at, exact: false, errorBound}}
  }
  if (exact === undefined) return undefined
  return {counts: exact.progress.counts, scale: 1, counted: {at: exact.at, exact: true, errorBound: 0}}
}
