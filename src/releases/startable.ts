import {OpsError} from '../errors.ts'
import {type ReleaseContext, slotConfig} from './context.ts'
import type {Startable} from './instances/startable.ts'
import {keptWords, versionOf} from './kept.ts'
import {leftOf} from './remember.ts'
import {previousVersion} from './slots.ts'
import type {SlotView} from './views.ts'

/** See `ReleaseOps.startable`. What one instance cannot, the slot cannot. */
export async function startable(context: ReleaseContext, slot: string, version: string): Promise<Startable> {
  const {instances, tools} = context
  const answers = await Promise.all(
    slotConfig(context.config, slot).instances.map(async ({name}) =>
      instances.startable?.({slot, instance: name}, version, tools.signal),
    ),
  )
  const worst = answers.find(one => one?.ok === false) ?? answers.find(one => one?.ok !== true) ?? answers[0]
  if (worst === undefined)
    return {
      ok: undefined,
      reason: `whether ${version} could be started again is not known: it would have to be started`,
    }
  const words = {true: 'could be started again', false: 'could not be started again'}[String(worst.ok)]
  return {
    ok: worst.ok,
    reason:
      words === undefined
        ? `whether ${version} could be started again is not known: ${worst.reason}`
        : `${version} ${words}: ${worst.reason}`,
  }
}

/** See `ReleaseOps.previous`. One that was ended is not gone: the refusal says whether and how it comes back. */
export async function previousOrCold(
  context: ReleaseContext,
  slots: readonly SlotView[],
  evenIfBad: boolean,
): Promise<ReturnType<typeof previousVersion>> {
  const left = leftOf(context)
  try {
    return previousVersion(slots, context.tools.clock.now(), evenIfBad ? undefined : left)
  } catch (cause) {
    const {kept} = left
    const gone = slots.find(({name}) => name === kept?.slot)?.instances.every(({state}) => state === 'down') === true
    if (kept === null || kept.ended === null || kept.version === null || !gone) throw cause
    const {ok, reason} = await startable(context, kept.slot, kept.version)
    throw new OpsError('release/not-ready', `nothing warm to go back to: ${keptWords(left, kept.slot)}; ${reason}`, {
      cause,
      hint:
        ok === false
          ? `Make ${versionOf(kept)} available again, or deploy another version.`
          : `It takes as long as a deploy: opsconsole run deploy -e ${context.tools.environment.name} -p release=${context.config.name} -p version=${kept.version}`,
    })
  }
}
