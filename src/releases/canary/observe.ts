import {messageOf} from '../../errors.ts'
import {type Counts, type Look, plus} from '../analysis/evidence.ts'
import {createJudge, DEFAULTS, type Judgement, type Looks, WORTH, WORTH_OF_OUR_OWN} from '../analysis/judge.ts'
import {isSilent} from '../answered-state.ts'
import {otherConfig, type ReleaseContext, slotConfig} from '../context.ts'
import {sleep} from '../../units/clock.ts'
import type {TrafficState} from '../traffic/traffic-driver.ts'
import type {Canary} from './canary.ts'
import {FAILED_PROBES, newProbes, probeBeside} from './probes.ts'

/** Four looks a second: a fault of every answer is over before it has met twenty people. */
export const LOOK_MS = 250
/** And more often for a moment after a bad answer: the next ones are waited for no longer than they take to come. */
const SOON_MS = 50
const NEWS_MS = 500
/** A look of a guard ends by then, whatever is new. */
const LONGEST_MS = 2_000

/** One look, for the guard and for people. */
export interface CanaryLook {
  readonly ok: boolean
  readonly reason: string
  readonly judgement: Judgement
}

/** How long the load balancer may be silent: a reload is over by then. */
const SILENT_MS = 5_000

const NO_REQUESTS = {canary: {requests: 0, bad: 0}, stable: {requests: 0, bad: 0}}

export function newCanary({config, traffic}: Pick<ReleaseContext, 'config' | 'traffic'>, slot: string): Canary {
  slotConfig(config, slot)
  const {alpha, tolerated, toleratedShare, stages, stageTime} = config.canary
  return {
    slot,
    judge: createJudge({
      alpha,
      tolerated,
      toleratedShare,
      hard: {...DEFAULTS.hard, limit: config.maxErrorRate},
      totalMs: Math.max(60_000, stages.length * stageTime),
      worth: traffic.abilities.perServerCounters ? WORTH : WORTH_OF_OUR_OWN,
    }),
    traffic,
    probes: newProbes(),
    before: undefined,
    silentSince: undefined,
    beganAt: undefined,
    badAt: Number.NEGATIVE_INFINITY,
    totals: NO_REQUESTS,
    compared: false,
    turn: Promise.resolve(),
  }
}

/** The canary of this run on this slot, whoever asks for it first. */
export function canaryOf(context: ReleaseContext, slot: string): Canary {
  const key = keyOf(context, slot)
  const canary = context.canaries?.get(key) ?? newCanary(context, slot)
  context.canaries?.set(key, canary)
  return canary
}

/** It is over: what comes next on this slot is another one. */
export const forgetCanary = (context: ReleaseContext, slot: string): void =>
  void context.canaries?.delete(keyOf(context, slot))

const keyOf = ({config, tools}: ReleaseContext, slot: string): string =>
  JSON.stringify([tools.run, config.environment, config.name, slot])

/** A stage begins: passing is proved anew, what speaks against the canary is kept. */
export function beginStage(canary: Canary): void {
  canary.judge.nextStage()
  canary.totals = NO_REQUESTS
}

/** How long until the next look. */
export const nextLookMs = ({badAt}: Canary, now: number): number => (now - badAt < NEWS_MS ? SOON_MS : LOOK_MS)

/** See `ReleaseOps.lookAtCanary`. */
export async function guardCanary(context: ReleaseContext, slot: string): Promise<CanaryLook> {
  const {clock, signal} = context.tools
  const canary = canaryOf(context, slot)
  const began = clock.monotonic()
  for (;;) {
    if (canary.compared) return {ok: true, reason: 'a stage compares it', judgement: canary.judge.now()}
    const look = await lookAtCanary(context, canary)
    const now = clock.monotonic()
    const ms = nextLookMs(canary, now)
    if (!look.ok || ms === LOOK_MS || now - began > LONGEST_MS) return look
    await sleep(ms, signal)
  }
}

/** One look. Only reads. */
export function lookAtCanary(context: ReleaseContext, canary: Canary): Promise<CanaryLook> {
  const look = canary.turn.then(() => lookNow(context, canary))
  canary.turn = look.catch(() => undefined)
  return look
}

async function lookNow(context: ReleaseContext, canary: Canary): Promise<CanaryLook> {
  const {config, tools} = context
  const state = await stateOf(context, canary)
  if (state === undefined) return verdictOf(canary)
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
  probeBeside(
    context,
    canary,
    new Map([...state.servers.values()].filter(({failing}) => failing).map(({name, check}) => [name, check])),
  )
  const counted = before === undefined ? undefined : between(before, state, slots)
  const {slow} = canary.probes
  canary.probes.slow = undefined
  if (counted !== undefined || slow !== undefined)
    canary.judge.add({...counted?.looks, ...(slow === undefined ? {} : {slow})}, ms)
  if (counted !== undefined) {
    const {errors} = counted.looks
    for (const [name, look] of counted.placebos) canary.judge.placebo(name, look, ms)
    canary.totals = {
      canary: plus(canary.totals.canary, errors.canary),
      stable: plus(canary.totals.stable, errors.stable),
    }
    if (errors.canary.bad > 0) canary.badAt = now
  }
  return verdictOf(canary)
}

/** Undefined: it does not answer just now, as while it is reloaded. That says nothing of the canary, until it lasts. */
async function stateOf({tools}: ReleaseContext, canary: Canary): Promise<TrafficState | undefined> {
  try {
    const state = await canary.traffic.state(tools.signal)
    canary.silentSince = undefined
    return state
  } catch (cause) {
    tools.signal.throwIfAborted()
    if (!isSilent(cause)) throw cause
    const now = tools.clock.monotonic()
    if (canary.silentSince === undefined) tools.log(`the canary cannot be compared now: ${messageOf(cause)}`)
    canary.silentSince ??= now
    if (now - canary.silentSince >= SILENT_MS) throw cause
    return undefined
  }
}

function verdictOf(canary: Canary): CanaryLook {
  const judgement = canary.judge.now()
  if (canary.probes.failed >= FAILED_PROBES)
    return {ok: false, reason: `${FAILED_PROBES} probes of the canary failed in a row: ${canary.probes.why}`, judgement}
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
