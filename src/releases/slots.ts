import {OpsError} from '../errors.ts'
import {keptWords} from './kept.ts'
import {badNote, justUndone, type Left, noteWords, NOTHING} from './left.ts'
import type {RollbackReadiness, SlotView} from './views.ts'
import type {TrafficServer} from './traffic/traffic-driver.ts'

/** What a slot does, from where the traffic driver has put its servers. Their health does not change their role. */
export function roleOf(servers: readonly (TrafficServer | undefined)[]): SlotView['role'] {
  const known = servers.filter(server => server !== undefined)
  if (known.length < servers.length || known.length === 0) return 'no data'
  const serving = known.filter(server => server.placement === 'serving').length
  if (serving === known.length) return 'live'
  if (serving > 0) return 'mixed'
  return known.some(server => (server.sessions ?? 0) > 0) ? 'draining' : 'idle'
}

/** The one version that all instances answer; undefined when they differ or one does not answer. */
export function commonVersion(versions: readonly (string | undefined)[]): string | undefined {
  return new Set(versions).size === 1 ? versions[0] : undefined
}

/** The version of a slot in words: what there is of one, when it is not plain. */
export function versionWords({version, instances}: Pick<SlotView, 'version' | 'instances'>): string {
  if (version !== undefined) return version
  const told = [...new Set(instances.flatMap(one => one.version ?? []))]
  if (told.length > 1) return `several versions (${told.join(', ')})`
  const silent = instances.filter(one => one.version === undefined)
  if (silent.every(one => one.state === 'down'))
    return told.length === 0 ? 'nothing that answers' : `${told[0]}, not by all`
  return told.length === 0 ? 'an unknown version' : `${told[0]}, and an unknown version`
}

/** The slot that takes traffic. Raises `release/not-ready` when it is none, both, or only a part of one. */
export function liveSlot(slots: readonly SlotView[]): SlotView {
  const problem = trafficProblem(slots)
  const live = slots.find(slot => slot.role === 'live')
  if (problem !== undefined || live === undefined)
    throw new OpsError('release/not-ready', problem ?? 'no slot takes traffic', {
      hint: 'Look at the release; put its servers where they belong in the load balancer, then plan again.',
    })
  return live
}

/** Why it is not plain which slot takes traffic; undefined when it is. */
export function trafficProblem(slots: readonly SlotView[]): string | undefined {
  const unknown = slots.find(slot => slot.role === 'no data')
  if (unknown !== undefined) return `the load balancer does not know every instance of ${unknown.name}`
  const mixed = slots.find(slot => slot.role === 'mixed')
  if (mixed !== undefined) return `only some instances of ${mixed.name} take traffic`
  const live = slots.filter(slot => slot.role === 'live')
  if (live.length === 0) return 'no slot takes traffic'
  return live.length > 1 ? `${live.map(slot => slot.name).join(' and ')} both take traffic` : undefined
}

export const otherSlot = (slots: readonly SlotView[], name: string): SlotView => {
  const other = slots.find(slot => slot.name !== name)
  if (other === undefined) throw new OpsError('release/unknown', `there is no slot beside ${name}`)
  return other
}

/** What a switch to the other slot brings along, and what it cannot. Said before every deploy and rollback (R3). */
const STAYS = [
  'the database schema stays as it is: a rollback runs no down-migration',
  'configuration outside of the version, such as secrets and load balancer settings, stays as it is',
] as const

/** Whether the version before is still there, and why not (R3). */
export function rollbackReadiness(slots: readonly SlotView[], left: Left = NOTHING): RollbackReadiness {
  const problem = trafficProblem(slots)
  const live = slots.find(slot => slot.role === 'live')
  if (problem !== undefined || live === undefined)
    return {ready: false, slot: undefined, version: undefined, reason: problem ?? 'no slot takes traffic', stays: STAYS}
  const back = otherSlot(slots, live.name)
  const verdict = (ready: boolean, reason: string): RollbackReadiness => ({
    ready,
    slot: back.name,
    version: back.version,
    reason,
    stays: STAYS,
  })
  const kept = keptWords(left, back.name)
  const down = back.instances.find(instance => instance.state === 'down')
  if (down !== undefined && left.kept?.ended !== null && kept !== undefined) return verdict(false, kept)
  if (down !== undefined) return verdict(false, `${down.id} ${down.reason}`)
  if (back.version === undefined) return verdict(false, `${back.name} runs ${versionWords(back)}`)
  if (back.version === live.version) return verdict(false, `${back.name} runs ${back.version} too`)
  const bad = badNote(left, back.version)
  if (bad !== undefined) return verdict(false, `${back.version} on ${back.name} ${noteWords(bad)}`)
  return verdict(
    true,
    `${back.version} runs on ${back.name}, healthy, without traffic${kept === undefined ? '' : `, ${kept}`}`,
  )
}

/** See `ReleaseOps.previous`. */
export function previousVersion(
  slots: readonly SlotView[],
  now: number,
  left: Left = NOTHING,
): {
  readonly slot: string
  readonly version: string
  readonly stays: readonly string[]
} {
  const {ready, slot, version, reason, stays} = rollbackReadiness(slots, left)
  if (!ready || slot === undefined || version === undefined)
    throw new OpsError('release/not-ready', `there is nothing to go back to: ${reason}`, {
      hint: 'Deploy the wanted version instead; `deploy` of one that runs on the idle slot already takes seconds.',
    })
  const undone = justUndone(left, now)
  if (undone !== undefined)
    throw new OpsError('release/not-ready', undone, {
      hint: `${version} on ${slot} is older still; rollback with evenIfBad=true goes there all the same.`,
    })
  return {slot, version, stays}
}

/** See `ReleaseOps.restartable`. */
export function restartableSlot(
  slots: readonly SlotView[],
  name: string | undefined,
): {
  readonly slot: string
  readonly isLive: boolean
  readonly instances: readonly {readonly id: string; readonly host: string; readonly version: string}[]
} {
  const live = liveSlot(slots)
  const slot = name === undefined ? live : slots.find(one => one.name === name)
  if (slot === undefined)
    throw new OpsError('release/unknown', `there is no slot ${JSON.stringify(name)}`, {
      hint: `The slots are ${slots.map(one => one.name).join(' and ')}.`,
    })
  const isLive = slot.name === live.name
  if (isLive && slot.instances.length < 2)
    throw new OpsError('release/not-ready', `${slot.name} has a single instance: a restart would interrupt users`, {
      hint: 'Deploy the same version to the other slot instead.',
    })
  if (isLive && slot.instances.every(one => one.state === 'down'))
    throw new OpsError('release/not-ready', `no instance of ${slot.name} is healthy, so none could serve meanwhile`, {
      hint: 'Deploy the version to the other slot instead.',
    })
  // One that is not healthy goes first: the healthy ones serve meanwhile, and then there are more of them.
  const order = [...slot.instances].sort((one, two) => Number(one.state === 'up') - Number(two.state === 'up'))
  const instances = order.map(({id, host, version}) => {
    if (version === undefined)
      throw new OpsError(
        'release/not-ready',
        `${id} does not report its version, so it cannot be started again with it`,
      )
    return {id, host, version}
  })
  return {slot: slot.name, isLive, instances}
}
