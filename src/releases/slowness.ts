import {formatDuration} from '../units/duration.ts'
import {createEvidence} from './analysis/evidence.ts'
import {type ReleaseContext, slotConfig} from './context.ts'
import type {Latency} from './latency.ts'
import {urlOf} from './request.ts'

/** How long our own requests took at one slot, milliseconds; Infinity for one that was not answered in time. */
export type Times = readonly number[]

/** Requests to each instance of the slot before, which set the time that counts as slow. */
const REFERENCE = 10
const EACH_LOOK = 2
/** Faster than this nobody calls slow, whatever it was before. */
const LEAST_MS = 50
const ALPHA = 0.001
const PERCENTILE = 0.95
/** Of a long watch the newest are kept. */
const KEPT = 5_000
/** What the newest of them took says what is slow: a host that was out of breath at first must hide nothing later. */
const RECENT = 200

/** Both slots side by side, by requests of our own past the load balancer: what the host suffers from slows both. */
export interface SlownessWatch {
  /** From when on an answer counts as slow, milliseconds, by now. */
  limitMs(): number
  add(now: Times, before: Times, ms: number): void
  /** What our own requests took, of both. */
  measured(): {readonly before: Latency; readonly now: Latency}
  /** Why the new slot is too slow; undefined while that may be chance. */
  problem(): string | undefined
}

/** `reference`: what the slot before took until now. `maxSlowdown`: how many times its 95th percentile is still fast enough. */
export function createSlownessWatch(reference: Times, maxSlowdown: number): SlownessWatch {
  const evidence = createEvidence()
  const [all, slow] = [
    {now: 0, before: 0},
    {now: 0, before: 0},
  ]
  const kept: {now: number[]; before: number[]} = {now: [], before: [...reference]}
  const limitMs = (): number => slowLimit(kept.before, maxSlowdown)
  return {
    limitMs,
    add(now, before, ms) {
      // By what came before this look: a limit that knows what it judges would prove nothing.
      const limit = limitMs()
      const later = (times: Times): number => times.filter(time => time > limit).length
      const look = {
        canary: {requests: now.length, bad: later(now)},
        stable: {requests: before.length, bad: later(before)},
      }
      evidence.add(look, ms)
      kept.now = [...kept.now, ...now].slice(-KEPT)
      kept.before = [...kept.before, ...before].slice(-KEPT)
      all.now += now.length
      all.before += before.length
      slow.now += look.canary.bad
      slow.before += look.stable.bad
    },
    measured: () => ({before: latencyOf(kept.before), now: latencyOf(kept.now)}),
    problem: () =>
      evidence.value() < 1 / ALPHA
        ? undefined
        : `slower than the version before: ${slow.now} of ${all.now} of our own requests took too long, over ${formatDuration(Math.round(limitMs()))} by now, there ${slow.before} of ${all.before}`,
  }
}

/** `maxSlowdown` times the 95th percentile of the newest answers of the slot before, which must be some. */
export const slowLimit = (before: Times, maxSlowdown: number): number =>
  Math.max(LEAST_MS, maxSlowdown * percentile(before.slice(-RECENT).filter(Number.isFinite)))

const latencyOf = (times: Times): Latency => {
  const at = (share: number): number | null => {
    const ms = percentile(times, share)
    return times.length === 0 || !Number.isFinite(ms) ? null : Math.round(ms * 10) / 10
  }
  return {requests: times.length, p50: at(0.5), p95: at(0.95), p99: at(0.99)}
}

export function percentile(times: readonly number[], share = PERCENTILE): number {
  const sorted = [...times].sort((one, two) => one - two)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}

/** A watch beside the slot before, if that answers; undefined, with a line that says so, when it does not. */
export async function openSlownessWatch(context: ReleaseContext, before: string): Promise<SlownessWatch | undefined> {
  const reference: number[] = []
  for (let round = 0; round < REFERENCE; round += EACH_LOOK) reference.push(...(await timeSlot(context, before)))
  if (reference.every(Number.isFinite)) return createSlownessWatch(reference, context.config.maxSlowdown)
  context.tools.log(`${before} does not answer, so there is nothing to compare the speed with`)
  return undefined
}

/** Some requests to every instance of a slot, to the first smoke test, else to the path that tells the version. */
export async function timeSlot(
  {config, request, tools}: ReleaseContext,
  slot: string,
  timeoutMs: number = config.timeout,
): Promise<Times> {
  const path = config.smoke[0]?.path ?? config.versionPath
  const timed = async (url: string): Promise<number> => {
    const begin = tools.clock.monotonic()
    const answered = await request(url, {timeoutMs, signal: tools.signal}).then(
      () => true,
      () => false,
    )
    return answered ? tools.clock.monotonic() - begin : Number.POSITIVE_INFINITY
  }
  const urls = slotConfig(config, slot).instances.map(({url}) => urlOf(url, path))
  return Promise.all(urls.flatMap(url => Array.from({length: EACH_LOOK}, () => timed(url))))
}
