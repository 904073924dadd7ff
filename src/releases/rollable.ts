import {OpsError} from '../errors.ts'
import {versionWords} from './slots.ts'
import type {InstanceView, SlotView} from './views.ts'

/** A slot whose instances can be replaced one after the other. */
export interface RollableSlot {
  readonly slot: string
  readonly versionWords: string
  /** Those that are not healthy first: nobody misses them. */
  readonly instances: readonly (Pick<InstanceView, 'id' | 'host'> & {readonly version: string | undefined})[]
}

/**
 * The slot that takes traffic, also when only a part of it does, as after a roll that was left half done. Raises
 * `release/not-ready` when it is none or both, or when it has nobody to serve meanwhile.
 */
export function rollableSlot(slots: readonly SlotView[]): RollableSlot {
  const serving = slots.filter(({role}) => role === 'live' || role === 'mixed')
  const [slot] = serving
  if (slot === undefined || serving.length > 1)
    throw new OpsError(
      'release/not-ready',
      slot === undefined
        ? 'no slot takes traffic'
        : `${serving.map(({name}) => name).join(' and ')} both take traffic, and only one of them can be rolled`,
    )
  if (slot.instances.length < 2)
    throw new OpsError('release/not-ready', `${slot.name} has a single instance: nobody would serve meanwhile`, {
      hint: 'Deploy to the other slot instead, by `deploy`.',
    })
  const order = [...slot.instances].sort((one, two) => Number(one.state === 'up') - Number(two.state === 'up'))
  return {
    slot: slot.name,
    versionWords: versionWords(slot),
    instances: order.map(({id, host, version}) => ({id, host, version})),
  }
}
