import {answeredState} from './answered-state.ts'
import {type ReleaseContext, type SlotConfig, slotConfig} from './context.ts'
import type {Left} from './left.ts'
import {leftOf, switchAndNote} from './remember.ts'
import {roleOf} from './slots.ts'
import type {TrafficState} from './traffic/traffic-driver.ts'
import {enableChecksAndWait, namesOf} from './traffic-moves.ts'
import type {Readiness} from './wait.ts'

/**
 * Whether traffic is where this run has it: on the slot it began with until its own switch, afterwards where that led,
 * beside a canary of its own on both. What a reload, a restart or a person moved meanwhile is not ok.
 */
export async function trafficStays(context: ReleaseContext, begunWith: string): Promise<Readiness> {
  const before = leftOf(context)
  const state = await context.traffic.state(context.tools.signal)
  const after = leftOf(context)
  // A move of this run is under way: the state is between two truths, and the next look knows more.
  if (before.moving !== null || after.moving !== null || whereOf(before) !== whereOf(after))
    return {ok: true, reason: 'traffic is being moved by this run'}
  return staysAsLeft(context, {state, left: after, begunWith})
}

const whereOf = ({live, canary}: Left): string => JSON.stringify([live, canary])

function staysAsLeft(
  {config, tools}: Pick<ReleaseContext, 'config' | 'tools'>,
  {state, left, begunWith}: {readonly state: TrafficState; readonly left: Left; readonly begunWith: string},
): Readiness {
  const own = left.live?.run === tools.run ? left.live.slot : begunWith
  const shared = left.canary !== null && left.canary.run === tools.run
  const wrong = config.slots.filter(({name}) => shared || name === own).some(slot => roleIn(state, slot) !== 'live')
  const extra = config.slots.filter(({name}) => !shared && name !== own).some(slot => servesIn(state, slot))
  const other = shared && !wrong && left.canary !== null ? otherShare(config, state, left.canary) : undefined
  if (other !== undefined) return {ok: false, reason: other}
  if (!wrong && !extra) return {ok: true, reason: `traffic is on ${shared ? 'both slots' : own}`}
  const serving = config.slots.filter(slot => servesIn(state, slot)).map(({name}) => name)
  return {
    ok: false,
    reason:
      `moved outside opsconsole: traffic is on ${serving.join(' and ') || 'no slot'}, and this run has it on ` +
      `${shared ? config.slots.map(({name}) => name).join(' and ') : own}: the load balancer was reloaded or restarted, or somebody moved it`,
  }
}

/** A share may be rounded by whoever gives it. */
const ROUNDED = {points: 2, part: 0.3} as const

/** That a canary gets another share of the requests than this run gave it; undefined: it does not, or nobody says. */
function otherShare(
  {slots}: Pick<ReleaseContext['config'], 'slots'>,
  state: TrafficState,
  {slot, percent}: NonNullable<Left['canary']>,
): string | undefined {
  const weightOf = (one: SlotConfig): number | undefined =>
    namesOf(one).reduce<number | undefined>((sum, name) => {
      const weight = state.servers.get(name)?.weight
      return sum === undefined || weight === undefined ? undefined : sum + weight
    }, 0)
  const weights = slots.map(one => ({name: one.name, weight: weightOf(one)}))
  const own = weights.find(({name}) => name === slot)?.weight
  const all = weights.reduce<number | undefined>(
    (sum, {weight}) => (sum === undefined || weight === undefined ? undefined : sum + weight),
    0,
  )
  if (own === undefined || all === undefined || all === 0) return undefined
  const now = (100 * own) / all
  if (Math.abs(now - percent) <= Math.max(ROUNDED.points, ROUNDED.part * percent)) return undefined
  return (
    `moved outside opsconsole: ${slot} has ${Math.round(now)} % of the weight, and this run gave it ${percent} %: ` +
    'the load balancer was reloaded or restarted, or somebody weighed its servers'
  )
}

const roleIn = (state: TrafficState, slot: SlotConfig): string =>
  roleOf(namesOf(slot).map(name => state.servers.get(name)))

const servesIn = (state: TrafficState, slot: SlotConfig): boolean => ['live', 'mixed'].includes(roleIn(state, slot))

/** See `ReleaseOps.keepOn`. */
export async function keepOn(context: ReleaseContext, slot: string): Promise<void> {
  const {config, tools} = context
  const state = await answeredState(context)
  const right = config.slots.every(one => (one.name === slot ? roleIn(state, one) === 'live' : !servesIn(state, one)))
  if (right) return
  tools.log(`traffic is not on ${slot} alone: bringing it back`)
  await enableChecksAndWait(context, namesOf(slotConfig(config, slot)), false)
  await switchAndNote(context, slot)
}
