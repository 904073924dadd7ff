import {OpsError} from '../errors.ts'
import type {OpsTools} from '../kinds/ops-tools.ts'
import type {Canary} from './canary/canary.ts'
import type {ReleaseConfig} from './config.ts'
import type {InstanceDriver} from './instances/instance-driver.ts'
import {probeInstance} from './instance.ts'
import type {InstanceView, SlotView} from './views.ts'
import type {Request} from './request.ts'
import {commonVersion, roleOf} from './slots.ts'
import type {TrafficDriver, TrafficState} from './traffic/traffic-driver.ts'

/** What the parts of `ReleaseOps` work with. */
export interface ReleaseContext {
  readonly config: ReleaseConfig
  readonly traffic: TrafficDriver
  readonly instances: InstanceDriver
  readonly request: Request
  readonly tools: OpsTools
  /** Where commands of the project run: beside the configuration. */
  readonly directory?: string
  /** Canaries that are compared in this process, for the guard and the steps of their run; left out where there are none. */
  readonly canaries?: Map<string, Canary>
}

type Looks = Pick<ReleaseContext, 'config' | 'request'>

/** Asks every instance of both slots at once. */
export async function probeSlots(
  context: Looks,
  traffic: TrafficState | undefined,
  signal: AbortSignal,
): Promise<readonly SlotView[]> {
  return Promise.all(
    context.config.slots.map(async slot => {
      const instances = await Promise.all(
        slot.instances.map(instance => probeInstance(instance, slot.name, {...context, signal})),
      )
      return {
        name: slot.name,
        role: traffic === undefined ? 'no data' : roleOf(slot.instances.map(one => traffic.servers.get(one.name))),
        version: commonVersion(instances.map(instance => instance.version)),
        instances,
      } satisfies SlotView
    }),
  )
}

/** Asks every instance of one slot. */
export async function lookAtSlot(context: ReleaseContext, slot: string): Promise<readonly InstanceView[]> {
  return Promise.all(
    slotConfig(context.config, slot).instances.map(instance =>
      probeInstance(instance, slot, {...context, signal: context.tools.signal}),
    ),
  )
}

export type SlotConfig = ReleaseConfig['slots'][number]

/** Raises `release/unknown`. */
export function slotConfig(config: ReleaseConfig, name: string): SlotConfig {
  const slot = config.slots.find(one => one.name === name)
  if (slot === undefined)
    throw new OpsError('release/unknown', `${config.name} has no slot ${JSON.stringify(name)}`, {
      hint: `Its slots are ${config.slots.map(one => one.name).join(' and ')}.`,
    })
  return slot
}

/** The other slot's configuration. */
export function otherConfig(config: ReleaseConfig, name: string): SlotConfig {
  const other = config.slots.find(one => one.name !== name)
  if (other === undefined) throw new OpsError('release/unknown', `${config.name} has no slot beside ${name}`)
  return other
}

/** An instance with its slot. Raises `release/unknown`. */
export function placeOf(
  config: ReleaseConfig,
  instance: string,
): {slot: SlotConfig; instance: SlotConfig['instances'][number]} {
  for (const slot of config.slots) {
    const found = slot.instances.find(one => one.name === instance)
    if (found !== undefined) return {slot, instance: found}
  }
  throw new OpsError('release/unknown', `${config.name} has no instance ${JSON.stringify(instance)}`)
}
