import {messageOf, OpsError} from '../errors.ts'
import {sleep} from '../units/clock.ts'
import {formatDuration} from '../units/duration.ts'
import {formatShare} from '../units/number.ts'
import {lookAtSlot, otherConfig, type ReleaseContext, slotConfig} from './context.ts'
import {openSlownessWatch, timeSlot} from './slowness.ts'
import {finalVerdict, moreTime, moreWords, type Seen} from './verdict.ts'
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
/** A watch that has proved nothing yet may go on for so many times its length, or for so long, where that would help. */
const LONGER = 3
const LONGER_MS = 30_000

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

/** Counters of one slot, with the requests that nobody answered. */
export function readingOf(state: TrafficState, names: readonly string[], ms: number): Reading {
  const servers = names.map(name => state.servers.get(name))
  const sum = (field: 'responses' | 'errors'): number => servers.reduce((all, one) => all + (one?.[field] ?? 0), 0)
  return {ms, requests: sum('responses') + state.unserved, errors: sum('errors') + state.unserved}
}

const seenIn = (readings: readonly Reading[]): Seen => ({
  requests: (readings.at(-1)?.requests ?? 0) - (readings[0]?.requests ?? 0),
  errors: (readings.at(-1)?.errors ?? 0) - (readings[0]?.errors ?? 0),
})

/** See `ReleaseOps.watch`. */
export async function watch(context: ReleaseContext, slot: string, forMs: number): Promise<WatchResult> {
  const {config, tools} = context
  const names = slotConfig(config, slot).instances.map(instance => instance.name)
  const before = otherConfig(config, slot).name
  if (tools.dryRun) return {verdict: 'nothing seen', reason: 'a dry run sends nothing', requests: 0, errors: 0, ms: 0}
  const everyMs = Math.min(1_000, Math.max(100, forMs / 20))
  if (!context.traffic.abilities.perServerCounters)
    tools.log(
      `${context.traffic.target} does not count by server: only health and requests that nobody answered are watched`,
    )
  const slowness = await openSlownessWatch(context, before)
  // Only now: what the reference took, seconds on a busy machine, is no time in which requests were counted.
  const begin = tools.clock.monotonic()
  let readings: readonly Reading[] = []
  let failedProbes = 0
  for (;;) {
    const probe = await probeOnce(context, slot, names)
    const ms = tools.clock.monotonic() - begin
    if (probe.state !== undefined) readings = withReading(readings, readingOf(probe.state, names, ms))
    failedProbes = probe.problem === undefined ? 0 : failedProbes + 1
    // Nothing is said of the version by it: it did not get the requests.
    if (probe.moved && failedProbes >= FAILED_PROBES)
      throw new OpsError('release/not-ready', `moved outside opsconsole while it was watched: ${probe.problem}`)
    if (probe.problem !== undefined) tools.log(`probe ${failedProbes} of ${FAILED_PROBES} failed: ${probe.problem}`)
    // What does not answer at all is a failed probe; here it would only be slow.
    if (slowness !== undefined && probe.problem === undefined)
      slowness.add(await timeSlot(context, slot), await timeSlot(context, before), ms)
    const bad =
      tooManyErrors(readings, config.maxErrorRate) ??
      slowness?.problem() ??
      (failedProbes >= FAILED_PROBES ? `${FAILED_PROBES} probes failed in a row: ${probe.problem}` : undefined)
    const seen = seenIn(readings)
    const latency = slowness === undefined ? {} : {latency: slowness.measured()}
    if (bad !== undefined) return {...seen, verdict: 'bad', reason: bad, ms, ...latency}
    tools.progress(Math.min(ms, forMs), forMs, 'ms')
    if (ms >= forMs && failedProbes === 0) {
      const end = endOf(seen, ms, {forMs, maxErrorRate: config.maxErrorRate})
      if (end !== undefined) return {...end, ...latency}
    }
    await sleep(Math.min(everyMs, Math.max(50, forMs - ms)), tools.signal)
  }
}

/** Undefined: it goes on, because what is missing to a proof will have come soon. */
function endOf(
  seen: Seen,
  ms: number,
  {forMs, maxErrorRate}: {readonly forMs: number; readonly maxErrorRate: number},
): WatchResult | undefined {
  const final = finalVerdict(seen, maxErrorRate)
  if (final.verdict === 'good' || final.verdict === 'bad') return {...final, ms}
  const more = moreTime(seen, ms, maxErrorRate)
  const most = Math.max(LONGER * forMs, LONGER_MS)
  if (more !== undefined && ms + more <= most) return undefined
  return {...final, reason: `${final.reason}${moreWords(more)}`, ms}
}

/** Counters that went back belong to a restarted load balancer: the watch counts anew from there. */
function withReading(readings: readonly Reading[], next: Reading): readonly Reading[] {
  const last = readings.at(-1)
  return last !== undefined && (next.requests < last.requests || next.errors < last.errors)
    ? [next]
    : [...readings.filter((reading, index) => index === 0 || reading.ms > next.ms - KEPT_MS), next]
}

interface Probe {
  readonly state: TrafficState | undefined
  readonly problem: string | undefined
  /** Something else took the traffic away. */
  readonly moved?: boolean
}

async function probeOnce(context: ReleaseContext, slot: string, names: readonly string[]): Promise<Probe> {
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
  if (off !== undefined) return {state, problem: `${off.name} is ${off.word} and takes no traffic`, moved: true}
  if (gone !== undefined) return {state, problem: `${gone.name} is ${gone.word}, ${gone.check}`}
  return {state, problem: down === undefined ? undefined : `${down.id} ${down.reason}`}
}
