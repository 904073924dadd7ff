import {OpsError} from '../../errors.ts'
import {answeredState} from '../answered-state.ts'
import {otherConfig, type ReleaseContext, slotConfig} from '../context.ts'
import {readiness, serversOf} from '../readiness.ts'
import {leftOf, noteFateOf, noteNoShare, noteShare, switchAndNote} from '../remember.ts'
import {weighControl} from '../controls/in-force.ts'
import {aside, carryBack, carryOut, confirmMoved, namesOf} from '../traffic-moves.ts'
import type {Move} from '../traffic/traffic-driver.ts'
import {forgetCanary} from './observe.ts'
import {ownWeights, weightsFor} from './weights.ts'

/** Raises `release/not-ready` where so small a share, or any, cannot be given now. */
export function requireShare(context: ReleaseContext, percent: number): void {
  const {traffic} = context
  const weighed = weighControl(context)
  if (weighed !== undefined)
    throw new OpsError('release/not-ready', `weights are those of a control now: ${weighed.words}`, {
      hint: `End it first: opsconsole run end-traffic-control -p release=${context.config.name} -p control=${weighed.id}`,
    })
  if (!traffic.abilities.weights)
    throw new OpsError('release/not-ready', `${traffic.target} cannot give a slot a share of the requests`, {
      hint: 'Deploy by `deploy`, which moves all of them at one instant.',
    })
  const least = traffic.leastShare ?? 0
  // Half a percentage point is no lie: 4.8 for 5.
  if (percent < least - 0.5)
    throw new OpsError(
      'release/not-ready',
      `${traffic.target} cannot give a share of ${percent} %: the least is ${Math.round(least * 10) / 10} %`,
      {hint: 'Set canary.stages of the release to shares that it can give, or give it more to divide.'},
    )
}

/** See `ReleaseOps.giveShare`. One command, in effect at one instant; the rest stays with the other slot. */
export async function giveShare(context: ReleaseContext, slot: string, percent: number): Promise<void> {
  const {config, tools} = context
  requireShare(context, percent)
  const [to, from] = [namesOf(slotConfig(config, slot)), namesOf(otherConfig(config, slot))]
  const state = await answeredState(context)
  const fresh = await readiness(context, serversOf(state, to))
  if (!fresh.ok && !tools.dryRun)
    throw new OpsError('release/not-ready', `${slot} cannot take traffic: ${fresh.reason}`)
  const weights = weightsFor(percent, {canary: ownWeights(state, to), stable: ownWeights(state, from)})
  const serving = (names: readonly string[], given: readonly number[]): readonly Move[] =>
    names.map((server, at) => ({server, to: 'serving', weight: given[at] ?? 1}))
  const moves = [...serving(from, weights.stable), ...serving(to, weights.canary)]
  await noteShare(context, {slot, percent}, async noted => {
    await carryOut(noted, moves)
    if (!tools.dryRun) await confirmMoved(noted, moves)
  })
  tools.log(`${slot} gets ${percent} % of the requests`)
}

/** See `ReleaseOps.takeShareBack`. Nothing new to the canary from this moment; what it holds is finished there. */
export async function takeShareBack(context: ReleaseContext, slot: string, worse?: string): Promise<void> {
  const {config, tools} = context
  const [to, from] = [namesOf(slotConfig(config, slot)), namesOf(otherConfig(config, slot))]
  const rest = await aside(context)
  const moves: readonly Move[] = [
    ...to.map(server => ({server, to: rest, weight: 'own'}) as const),
    ...from.map(server => ({server, to: 'serving', weight: 'own'}) as const),
  ]
  const {version} = leftOf(context).canary ?? {}
  await noteNoShare(context, async noted => {
    await carryBack(noted, moves)
    if (!tools.dryRun) await confirmMoved(noted, moves)
  })
  if (worse !== undefined) await noteFateOf(context, version, 'failed its watch', worse)
  forgetCanary(context, slot)
  tools.log(`${slot} gets no requests any more`)
}

/** See `ReleaseOps.promote`. */
export async function promote(context: ReleaseContext, slot: string): Promise<void> {
  const {config} = context
  await switchAndNote(context, slot)
  forgetCanary(context, slot)
  const rest = await aside(context)
  // Weights of a canary would be found by the next run, and by a person who wonders.
  await carryOut(context, [
    ...namesOf(slotConfig(config, slot)).map(server => ({server, to: 'serving', weight: 'own'}) as const),
    ...namesOf(otherConfig(config, slot)).map(server => ({server, to: rest, weight: 'own'}) as const),
  ])
}
