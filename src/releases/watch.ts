import {messageOf} from '../errors.ts'
import {sleep} from '../units/clock.ts'
import {formatDuration} from '../units/duration.ts'
import {formatShare} from '../units/number.ts'
import {lookAtSlot, type ReleaseContext, slotConfig} from './context.ts'
import type {WatchResult} from './views.ts'
import {tailChance} from './tail-chance.ts'
import type {TrafficState} from './traffic/traffic-driver.ts'

/** Requests and errors since the driver started, at one moment of the watch. */
export interface Reading {
  readonly ms: number
  readonly requests: number
  readonly errors: number
}

/** How unlikely it must be that a release within its error rate shows this many errors by chance. With probes every
 * second for hours, one in a million per probe keeps false alarms rare; an outage still shows after five requests. */
const CHANCE = 1e-6
const WINDOWS_MS = [5_000, 30_000, Number.POSITIVE_INFINITY] as const
/** Older readings than the longest bounded window are not needed, apart from the first. */
const KEPT_MS = 35_000
const FAILED_PROBES = 3
/** Below this, a share of errors at the end of the watch means nothing. */
const ENOUGH = 50

/** Why the readings are bad in any window; undefined when they may be chance. */
export function tooManyErrors(readings: readonly Reading[], maxErrorRate: number): string | undefined {
  const last = readings.at(-1)
  if (last === undefined) return undefined
  for (const window of WINDOWS_MS) {
    const first = readings.findLast(reading => reading.ms <= last.ms - window) ?? readings[0] ?? last
    const [errors, requests] = [last.errors - first.errors, last.requests - first.requests]
    if (requests > 0 && errors / requests > maxErrorRate && tailChance(errors, requests, maxErrorRate) < CHANCE)
      return `${errors} of ${requests} requests failed (${formatShare(errors / requests)}) in ${formatDuration(last.ms - first.ms)}, threshold ${formatShare(maxErrorRate)}`
  }
  return undefined
}

/** The verdict when the time is over. */
export function finalVerdict(readings: readonly Reading[], maxErrorRate: number): Omit<WatchResult, 'ms'> {
  const [first, last] = [readings[0], readings.at(-1)]
  const requests = (last?.requests ?? 0) - (first?.requests ?? 0)
  const errors = (last?.errors ?? 0) - (first?.errors ?? 0)
  const rate = requests === 0 ? 0 : errors / requests
  const told = `${errors} of ${requests} requests failed`
  if (requests < ENOUGH)
    return {verdict: 'nothing seen', reason: `${told}: too few to prove anything`, requests, errors}
  if (rate > maxErrorRate)
    return {
      verdict: 'bad',
      reason: `${told} (${formatShare(rate)}), threshold ${formatShare(maxErrorRate)}`,
      requests,
      errors,
    }
  return {verdict: 'good', reason: told, requests, errors}
}

/** Counters of one slot, with the requests that nobody answered. */
export function readingOf(state: TrafficState, names: readonly string[], ms: number): Reading {
  const servers = names.map(name => state.servers.get(name))
  const sum = (field: 'responses' | 'errors'): number => servers.reduce((all, one) => all + (one?.[field] ?? 0), 0)
  return {ms, requests: sum('responses') + state.unserved, errors: sum('errors') + state.unserved}
}

/** See `ReleaseOps.watch`. */
export async function watch(context: ReleaseContext, slot: string, forMs: number): Promise<WatchResult> {
  const {config, tools} = context
  const names = slotConfig(config, slot).instances.map(instance => instance.name)
  if (tools.dryRun) return {verdict: 'nothing seen', reason: 'a dry run sends nothing', requests: 0, errors: 0, ms: 0}
  const everyMs = Math.min(1_000, Math.max(100, forMs / 20))
  const begin = tools.clock.monotonic()
  if (!context.traffic.abilities.perServerCounters)
    tools.log(
      `${context.traffic.target} does not count by server: only health and requests that nobody answered are watched`,
    )
  let readings: readonly Reading[] = []
  let failedProbes = 0
  for (;;) {
    const probe = await probeOnce(context, slot, names)
    const ms = tools.clock.monotonic() - begin
    if (probe.state !== undefined) readings = withReading(readings, readingOf(probe.state, names, ms))
    failedProbes = probe.problem === undefined ? 0 : failedProbes + 1
    if (probe.problem !== undefined) tools.log(`probe ${failedProbes} of ${FAILED_PROBES} failed: ${probe.problem}`)
    const errors = tooManyErrors(readings, config.maxErrorRate)
    const bad =
      errors ??
      (failedProbes >= FAILED_PROBES ? `${FAILED_PROBES} probes failed in a row: ${probe.problem}` : undefined)
    const sum = finalVerdict(readings, config.maxErrorRate)
    if (bad !== undefined) return {...sum, verdict: 'bad', reason: bad, ms}
    tools.progress(Math.min(ms, forMs), forMs, 'ms')
    if (ms >= forMs && failedProbes === 0) return {...sum, ms}
    await sleep(Math.min(everyMs, Math.max(50, forMs - ms)), tools.signal)
  }
}

/** Counters that went back belong to a restarted load balancer: the watch counts anew from there. */
function withReading(readings: readonly Reading[], next: Reading): readonly Reading[] {
  const last = readings.at(-1)
  return last !== undefined && (next.requests < last.requests || next.errors < last.errors)
    ? [next]
    : [...readings.filter((reading, index) => index === 0 || reading.ms > next.ms - KEPT_MS), next]
}

async function probeOnce(
  context: ReleaseContext,
  slot: string,
  names: readonly string[],
): Promise<{readonly state: TrafficState | undefined; readonly problem: string | undefined}> {
  const [traffic, instances] = await Promise.allSettled([
    context.traffic.state(context.tools.signal),
    lookAtSlot(context, slot),
  ])
  context.tools.signal.throwIfAborted()
  if (traffic.status === 'rejected') return {state: undefined, problem: messageOf(traffic.reason)}
  const state = traffic.value
  const servers = names.map(name => state.servers.get(name))
  const off = servers.find(server => server?.placement !== 'serving')
  const gone = servers.find(server => server?.failing === true)
  const down = instances.status === 'fulfilled' ? instances.value.find(one => one.state === 'down') : undefined
  if (off !== undefined) return {state, problem: `${off.name} is ${off.word} and takes no traffic`}
  if (gone !== undefined) return {state, problem: `${gone.name} is ${gone.word}, ${gone.check}`}
  return {state, problem: down === undefined ? undefined : `${down.id} ${down.reason}`}
}
