import {OpsError} from '../errors.ts'
import {formatDuration} from '../units/duration.ts'
import {answeredState} from './answered-state.ts'
import {placeOf, type ReleaseContext} from './context.ts'
import {probeInstance} from './instance.ts'
import type {TrafficServer, TrafficState} from './traffic/traffic-driver.ts'
import {type Readiness, probeUntil} from './wait.ts'

/** Time between probes while something is expected to happen at once. */
const QUICK_MS = 50

/** Raises `release/not-ready` when the load balancer does not know one of them: no command may name such a server. */
export function serversOf(state: TrafficState, names: readonly string[]): readonly TrafficServer[] {
  return names.map(name => {
    const server = state.servers.get(name)
    if (server === undefined)
      throw new OpsError('release/not-ready', `the load balancer does not know ${name}`, {
        hint: 'Instance names in the configuration must be the names of the servers in the load balancer.',
      })
    return server
  })
}

/** Whether all may take traffic: by the driver's own fresh checks, and where it makes none by our probe at the instances. */
export async function readiness(context: ReleaseContext, servers: readonly TrafficServer[]): Promise<Readiness> {
  if (!context.traffic.abilities.ownChecks) return instancesReady(context, servers)
  const stale = servers.find(server => !server.fresh)
  return stale === undefined
    ? {ok: true, reason: 'all passed'}
    : {ok: false, reason: `${stale.name} is ${stale.word}, ${stale.check}`}
}

async function instancesReady(context: ReleaseContext, servers: readonly TrafficServer[]): Promise<Readiness> {
  const views = await Promise.all(
    servers.map(server => {
      const {slot, instance} = placeOf(context.config, server.name)
      return probeInstance(instance, slot.name, {...context, signal: context.tools.signal})
    }),
  )
  const down = views.find(view => view.state === 'down')
  return down === undefined ? {ok: true, reason: 'all answer'} : {ok: false, reason: `${down.id} ${down.reason}`}
}

/** Waits until every one may take traffic. Raises `release/not-ready` with what is missing. */
export async function waitReady(context: ReleaseContext, names: readonly string[]): Promise<void> {
  const {traffic, tools, instances} = context
  const seen = await probeUntil(async () => readiness(context, serversOf(await answeredState(context), names)), {
    timeoutMs: instances.timeoutMs,
    everyMs: QUICK_MS,
    signal: tools.signal,
    clock: tools.clock,
  })
  if (!seen.ok)
    throw new OpsError('release/not-ready', `no fresh good check after ${formatDuration(seen.ms)}: ${seen.reason}`)
  const forWhom = traffic.abilities.ownChecks ? ' for the load balancer' : ''
  tools.log(`${names.join(', ')} healthy${forWhom} after ${formatDuration(seen.ms)}`)
}
