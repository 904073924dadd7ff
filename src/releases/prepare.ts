import {OpsError} from '../errors.ts'
import {escapeLine} from '../text/escape.ts'
import {formatDuration} from '../units/duration.ts'
import {requireBound} from './bound.ts'
import {lookAtSlot, placeOf, type ReleaseContext, slotConfig} from './context.ts'
import {probeInstance} from './instance.ts'
import type {InstanceAction} from './instances/instance-driver.ts'
import {serversOf} from './readiness.ts'
import type {InstanceView} from './views.ts'
import {type Readiness, probeUntil} from './wait.ts'

const LOOK_MS = 200

/** See `ReleaseOps.start`. */
export async function start(context: ReleaseContext, name: string, version: string): Promise<void> {
  const {slot} = placeOf(context.config, name)
  const action = context.instances.start({slot: slot.name, instance: name}, version)
  await refuseBusy(context, name)
  await carryOut(context, action)
}

/** See `ReleaseOps.stop`. */
export async function stop(context: ReleaseContext, name: string): Promise<void> {
  const {slot} = placeOf(context.config, name)
  const action = context.instances.stop({slot: slot.name, instance: name})
  await refuseBusy(context, name)
  await carryOut(context, action)
}

/** An instance that takes traffic is never stopped or replaced: take its traffic away first. */
async function refuseBusy(context: ReleaseContext, name: string): Promise<void> {
  const [server] = serversOf(await context.traffic.state(context.tools.signal), [name])
  if (server?.placement === 'serving' && !context.tools.dryRun)
    throw new OpsError('release/not-ready', `${name} takes traffic and may not be touched`)
}

async function carryOut(context: ReleaseContext, action: InstanceAction): Promise<void> {
  const {tools} = context
  const change = async (signal: AbortSignal): Promise<string> => {
    await requireBound(context)
    return action.carryOut(signal)
  }
  const output = await tools.act(action.text, change, '')
  for (const line of output.split('\n').filter(text => text.trim() !== '')) tools.log(escapeLine(line))
}

/** See `ReleaseOps.restoreVersion`. What was not healthy before need not become so: it must only be back. */
export async function restoreVersion(
  context: ReleaseContext,
  name: string,
  version: string | undefined,
): Promise<void> {
  if (version === undefined) return stop(context, name)
  await start(context, name, version)
  try {
    await waitInstance(context, name, version)
  } catch (cause) {
    const view = await lookAtOne(context, name)
    if (view.version !== version) throw cause
    context.tools.log(`${name} answers ${version} again, but is not healthy: ${view.reason}`)
  }
}

/** See `ReleaseOps.isRunning`. */
export async function isRunning(context: ReleaseContext, name: string, version: string): Promise<boolean> {
  const health = healthOf([await lookAtOne(context, name)], version)
  return health.ok && (await rollout(context, [name])).ok
}

/** The first of these of which not all runs as it was started last. */
async function rollout({config, instances, tools}: ReleaseContext, names: readonly string[]): Promise<Readiness> {
  for (const name of names) {
    const seen = await instances.rollout?.({slot: placeOf(config, name).slot.name, instance: name}, tools.signal)
    if (seen?.ok === false) return seen
  }
  return {ok: true, reason: 'all run as they were started'}
}

async function lookAtOne(context: ReleaseContext, name: string): Promise<InstanceView> {
  const {slot, instance} = placeOf(context.config, name)
  return probeInstance(instance, slot.name, {...context, signal: context.tools.signal})
}

/** See `ReleaseOps.waitHealthy`. */
export async function waitHealthy(context: ReleaseContext, slot: string, version: string): Promise<void> {
  slotConfig(context.config, slot)
  await waitUntilHealthy(context, slot, version, () => lookAtSlot(context, slot))
}

async function waitInstance(context: ReleaseContext, name: string, version: string): Promise<void> {
  await waitUntilHealthy(context, name, version, async () => [await lookAtOne(context, name)])
}

async function waitUntilHealthy(
  context: ReleaseContext,
  what: string,
  version: string,
  probe: () => Promise<readonly InstanceView[]>,
): Promise<void> {
  const {tools, instances} = context
  if (tools.dryRun) return tools.log(`would wait until ${what} is healthy and answers ${version}`)
  const look = async (): Promise<Readiness> => {
    const views = await probe()
    const rolled = await rollout(
      context,
      views.map(({id}) => id),
    )
    return rolled.ok ? healthOf(views, version) : rolled
  }
  const seen = await probeUntil(look, {
    timeoutMs: instances.timeoutMs,
    everyMs: LOOK_MS,
    signal: tools.signal,
    clock: tools.clock,
  })
  if (!seen.ok)
    throw new OpsError('release/not-ready', `${what} is not healthy after ${formatDuration(seen.ms)}: ${seen.reason}`, {
      hint: 'Its log says why; `opsconsole run diagnose` shows the last lines.',
    })
  tools.log(`${what} is healthy and answers ${version} (${formatDuration(seen.ms)})`)
}

/** Whether all are healthy with the wanted version; else the first that is not, and why. */
export function healthOf(instances: readonly InstanceView[], version: string): Readiness {
  for (const instance of instances) {
    if (instance.state === 'down') return {ok: false, reason: `${instance.id} ${instance.reason}`}
    if (instance.version !== version)
      return {ok: false, reason: `${instance.id} answers version ${instance.version ?? 'none'}, wanted ${version}`}
  }
  return {ok: true, reason: `all answer ${version}`}
}

/** See `ReleaseOps.restart`. That the instance stopped answering proves that it is not the old process that answers. */
export async function restart(context: ReleaseContext, name: string, version: string): Promise<void> {
  const {tools, instances} = context
  await stop(context, name)
  if (!tools.dryRun) {
    const gone = await probeUntil(
      async () => ({ok: (await lookAtOne(context, name)).version === undefined, reason: 'it still answers'}),
      {timeoutMs: instances.timeoutMs, everyMs: LOOK_MS, signal: tools.signal, clock: tools.clock},
    )
    if (!gone.ok) throw new OpsError('release/not-ready', `${name} did not stop: ${gone.reason}`)
  }
  await start(context, name, version)
  await waitInstance(context, name, version)
}
