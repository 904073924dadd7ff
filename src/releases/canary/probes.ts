import {type Counts, summed} from '../analysis/evidence.ts'
import type {ReleaseConfig} from '../config.ts'
import {lookAtSlot, otherConfig, type ReleaseContext} from '../context.ts'
import {slowLimit, type Times, timeSlot} from '../slowness.ts'
import type {Canary, Probes} from './canary.ts'

export const FAILED_PROBES = 3
/** Our own requests and the health of the canary: not with every look. */
const PROBE_MS = 500
const REFERENCE = 20
/** An answer that takes ten times what is slow is not waited for any longer: it is late, and the next may tell more. */
const LATE = 10
const LEAST_LATE_MS = 1_000
const RECENT = 200

export const newProbes = (): Probes => ({
  healthAt: Number.NEGATIVE_INFINITY,
  timesAt: Number.NEGATIVE_INFINITY,
  failed: 0,
  why: '',
  blind: false,
  times: {canary: [], stable: []},
  slow: undefined,
})

/** Begins those that are due, and waits for none. `failing`: what the load balancer's own checks say, by server. */
export function probeBeside(context: ReleaseContext, {slot, probes}: Probed, failing: Failing): void {
  const now = context.tools.clock.monotonic()
  const isDue = (at: number | undefined): boolean => at !== undefined && now - at >= PROBE_MS
  if (isDue(probes.healthAt)) {
    probes.healthAt = undefined
    void askHealth(context, {slot, probes}, failing)
      .catch(() => undefined)
      .finally(() => (probes.healthAt = now))
  }
  if (isDue(probes.timesAt)) {
    probes.timesAt = undefined
    void takeTimes(context, {slot, probes})
      .catch(() => undefined)
      .finally(() => (probes.timesAt = now))
  }
}

type Probed = Pick<Canary, 'slot' | 'probes'>
type Failing = ReadonlyMap<string, string>

/**
 * A failed probe speaks against a canary only where less of stable fails beside it: on a host that is out of breath, or cut
 * off from both, all of them fail, and of the version nothing is known. Rejects when it is stopped: then nothing was found.
 */
async function askHealth(context: ReleaseContext, {slot, probes}: Probed, failing: Failing): Promise<void> {
  const sick = async (of: string): Promise<{readonly share: number; readonly reason: string | undefined}> => {
    const views = await lookAtSlot(context, of)
    const down = views.flatMap(view => (view.state === 'down' ? [view.reason] : (failing.get(view.id) ?? [])))
    return {share: down.length / views.length, reason: down[0]}
  }
  const [canary, stable] = await Promise.all([sick(slot), sick(otherConfig(context.config, slot).name)])
  if (canary.reason === undefined) {
    probes.failed = 0
  } else if (canary.share > stable.share) {
    probes.failed += 1
    probes.why = canary.reason
    context.tools.log(`probe ${probes.failed} of ${FAILED_PROBES} of the canary failed: ${canary.reason}`)
  } else if (!probes.blind) {
    context.tools.log(`probes of stable fail as well, which says nothing of the canary: ${canary.reason}`)
  }
  probes.blind = canary.reason !== undefined && canary.share <= stable.share
}

/** How fast both sides answer our own requests, side by side. */
async function takeTimes(context: ReleaseContext, {slot, probes}: Probed): Promise<void> {
  const {config, tools} = context
  // By the answers before these: see `createSlownessWatch`.
  const limit = slowLimitOf(probes, config)
  const timeoutMs =
    limit === undefined ? config.timeout : Math.min(config.timeout, Math.max(LEAST_LATE_MS, LATE * limit))
  const [canary, stable] = await Promise.all([
    timeSlot(context, slot, timeoutMs),
    timeSlot(context, otherConfig(config, slot).name, timeoutMs),
  ])
  // A request that was stopped with its step was not late.
  if (tools.signal.aborted) return
  probes.times = {canary: recent(probes.times.canary, canary), stable: recent(probes.times.stable, stable)}
  if (limit === undefined) return
  const late = (times: Times): Counts => ({requests: times.length, bad: times.filter(time => time > limit).length})
  probes.slow = summed(probes.slow, {canary: late(canary), stable: late(stable)})
}

/** From when on an answer counts as slow, milliseconds; undefined while there is no time yet to be slower than. */
export const slowLimitOf = ({times}: Pick<Probes, 'times'>, {maxSlowdown}: ReleaseConfig): number | undefined =>
  times.stable.filter(Number.isFinite).length < REFERENCE ? undefined : slowLimit(times.stable, maxSlowdown)

const recent = (kept: readonly number[], more: Times): readonly number[] => [...kept, ...more].slice(-RECENT)
