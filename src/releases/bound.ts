import {OpsError} from '../errors.ts'
import {targetId} from '../monitors/sample.ts'
import type {ReleaseContext} from './context.ts'
import {noteBound, readLeft} from './left.ts'

/**
 * The very things that a plan is for, where names alone do not say it: a context of a kubeconfig may lead to another cluster by
 * the time that the run begins, or is resumed. Undefined: they do say it.
 */
export async function boundTo({config, traffic, instances, tools}: ReleaseContext): Promise<string | undefined> {
  const places = config.slots.flatMap(slot => slot.instances.map(({name}) => ({slot: slot.name, instance: name})))
  const both = await Promise.all([traffic.identity?.(tools.signal), instances.identity?.(places, tools.signal)])
  const known = both.filter(one => one !== undefined)
  return known.length === 0 ? undefined : known.join('; ')
}

/** Before each change of a run. Raises `release/not-ready` when they are others than at the first. */
export async function requireBound(context: ReleaseContext): Promise<void> {
  const {config, tools, traffic} = context
  const to = await boundTo(context)
  if (to === undefined || tools.memory === undefined) return
  const target = targetId('release', tools.environment.name, config.name)
  const {bound} = readLeft(tools.memory, target)
  if (bound?.run !== tools.run) return noteBound(tools.memory, target, {run: tools.run, to})
  if (bound.to !== to)
    throw new OpsError(
      'release/not-ready',
      `${traffic.target} is another one than this run began with: it was ${bound.to}, and is ${to}`,
      {hint: 'The context of the kubeconfig leads elsewhere now, or the objects were created again. Plan anew.'},
    )
}
