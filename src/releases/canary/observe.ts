import type {Counts, Look} from '../analysis/evidence.ts'
import {createJudge, DEFAULTS, type Judge, type Judgement, type Looks} from '../analysis/judge.ts'
import type {ReleaseConfig} from '../config.ts'
import {lookAtSlot, otherConfig, type ReleaseContext, slotConfig} from '../context.ts'
import {percentile, type Times, timeSlot} from '../slowness.ts'
import type {TrafficState} from '../traffic/traffic-driver.ts'

const FAILED_PROBES = 3
/** Our own requests and the health of the canary: not with every look. */
const PROBE_MS = 500
const REFERENCE = 20
const LEAST_MS = 50

/** What is known of a canary between two looks. It lives as long as its plan: in a guard, or in a step. */
export interface Canary {
  readonly slot: string
  readonly judge: Judge
  before: TrafficState | undefined
  beganAt: number | undefined
  probedAt: number
  failedProbes: number
  reference: readonly number[]
  totals: {canary: Counts; stable: Counts}
  times: {canary: readonly number[]; stable: readonly number[]}
}

/** One look, for the guard and for people. */
export interface CanaryLook {
  readonly ok: boolean
  readonly reason: string
  readonly judgement: Judgement
}

export function newCanary(config: ReleaseConfig, slot: string): Canary {
  slotConfig(config, slot)
  const {alpha, tolerated, toleratedShare, stages, stageTime} = config.canary
  const nothing = {canary: {requests: 0, bad: 0}, stable: {requests: 0, bad: 0}}
  return {
    slot,
    judge: createJudge({
      ...DEFAULTS,
      alpha,
      tolerated,
      toleratedShare,
      hard: {...DEFAULTS.hard, limit: config.maxErrorRate},
      totalMs: Math.max(60_000, stages.length * stageTime),
    }),
    before: undefined,
    beganAt: undefined,
    probedAt: Number.NEGATIVE_INFINITY,
    failedProbes: 0,
    reference: [],
    totals: nothing,
    times: {canary: [], stable: []},
  }
}

/** See `ReleaseOps.lookAtCanary`. Only reads: a guard looks, too. */
export async function lookAtCanary(context: ReleaseContext, canary: Canary): Promise<CanaryLook> {
  const {config, traffic, tools} = context
  const state = await traffic.state(tools.signal)
  const now = tools.clock.monotonic()
  canary.beganAt ??= now
  const ms = now - canary.beganAt
  const slots = {
    canary: slotConfig(config, canary.slot).instances.map(one => one.name),
    stable: otherConfig(config, canary.slot).instances.map(one => one.name),
  }
  const serve = (names: readonly string[]): boolean =>
    names.every(name => state.servers.get(name)?.placement === 'serving')
  const before = canary.before
  canary.before = state
  // Before its first share, after its last one and beside a slot that has drained there is nothing to compare.
  if (!serve(slots.canary) || !serve(slots.stable)) return verdictOf(canary)
  const counted = before === undefined ? undefined : between(before, state, slots)
  const due = now - canary.probedAt >= PROBE_MS
  const slow = due ? await probe(context, canary, state, slots) : undefined
  if (due) canary.probedAt = now
  if (counted !== undefined) {
    canary.judge.add({...counted.looks, ...(slow === undefined ? {} : {slow})}, ms)
    for (const [name, look] of counted.placebos) canary.judge.placebo(name, look, ms)
    canary.totals = {
      canary: plus(canary.totals.canary, counted.looks.errors.canary),
      stable: plus(canary.totals.stable, counted.looks.errors.stable),
    }
  }
  return verdictOf(canary)
}

function verdictOf(canary: Canary): CanaryLook {
  const judgement = canary.judge.now()
  if (canary.failedProbes >= FAILED_PROBES)
    return {ok: false, reason: `${FAILED_PROBES} probes of the canary failed in a row`, judgement}
  return {ok: judgement.verdict !== 'fail', reason: judgement.reason, judgement}
}

interface Slots {
  readonly canary: readonly string[]
  readonly stable: readonly string[]
}

/** What each side answered between two looks; undefined when the counters began anew. */
function between(before: TrafficState, state: TrafficState, slots: Slots) {
  const since = (name: string, field: 'responses' | 'errors' | 'refused'): number =>
    (state.servers.get(name)?.[field] ?? 0) - (before.servers.get(name)?.[field] ?? 0)
  const all = [...slots.canary, ...slots.stable]
  if (all.some(name => since(name, 'responses') < 0)) return undefined
  const counts = (names: readonly string[], bad: 'errors' | 'refused'): Counts => ({
    requests: names.reduce((sum, name) => sum + since(name, 'responses'), 0),
    bad: names.reduce((sum, name) => sum + since(name, bad), 0),
  })
  const look = (bad: 'errors' | 'refused'): Look => ({
    canary: counts(slots.canary, bad),
    stable: counts(slots.stable, bad),
  })
  const placebos = slots.stable.map((name): readonly [string, Look] => [
    name,
    {
      canary: counts([name], 'errors'),
      stable: counts(
        slots.stable.filter(other => other !== name),
        'errors',
      ),
    },
  ])
  return {looks: {errors: look('errors'), refusals: look('refused')} satisfies Looks, placebos}
}

/** Health of the canary, and how fast both sides answer our own requests. Undefined: there is no time yet to be slower than. */
async function probe(
  context: ReleaseContext,
  canary: Canary,
  state: TrafficState,
  slots: Slots,
): Promise<Look | undefined> {
  const stable = otherConfig(context.config, canary.slot).name
  const [views, now, before] = await Promise.all([
    lookAtSlot(context, canary.slot),
    timeSlot(context, canary.slot),
    timeSlot(context, stable),
  ])
  const down =
    views.find(view => view.state === 'down')?.reason ??
    slots.canary.map(name => state.servers.get(name)).find(server => server?.failing === true)?.check
  canary.failedProbes = down === undefined ? 0 : canary.failedProbes + 1
  if (down !== undefined)
    context.tools.log(`probe ${canary.failedProbes} of ${FAILED_PROBES} of the canary failed: ${down}`)
  canary.times = {canary: recent(canary.times.canary, now), stable: recent(canary.times.stable, before)}
  if (canary.reference.length < REFERENCE) {
    canary.reference = [...canary.reference, ...before.filter(Number.isFinite)]
    return undefined
  }
  const limit = slowLimit(canary, context.config) ?? Number.POSITIVE_INFINITY
  const late = (times: Times): Counts => ({
    requests: times.length,
    bad: times.filter(time => time > limit).length,
  })
  return {canary: late(now), stable: late(before)}
}

/** From when on an answer counts as slow, milliseconds; undefined while there is no time yet to be slower than. */
export const slowLimit = ({reference}: Pick<Canary, 'reference'>, {maxSlowdown}: ReleaseConfig): number | undefined =>
  reference.length < REFERENCE ? undefined : Math.max(LEAST_MS, maxSlowdown * percentile(reference))

const RECENT = 200
const recent = (kept: readonly number[], more: Times): readonly number[] => [...kept, ...more].slice(-RECENT)

const plus = (one: Counts, two: Counts): Counts => ({
  requests: one.requests + two.requests,
  bad: one.bad + two.bad,
})
