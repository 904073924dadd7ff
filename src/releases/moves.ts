import {messageOf, OpsError} from '../errors.ts'
import {formatDuration} from '../units/duration.ts'
import {otherConfig, placeOf, type ReleaseContext, type SlotConfig, slotConfig} from './context.ts'
import type {Move, TrafficServer, TrafficState} from './traffic/traffic.ts'
import {lookUntil} from './wait.ts'

/** Time between looks at the load balancer while something is expected to happen at once. */
const QUICK_MS = 50
const DRAIN_MS = 100

const namesOf = (slot: SlotConfig): readonly string[] => slot.instances.map(instance => instance.name)

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

async function carryOut(context: ReleaseContext, moves: readonly Move[]): Promise<void> {
  if (moves.length === 0) return
  const {traffic, tools} = context
  await tools.act(traffic.command(moves), signal => traffic.move(moves, signal), undefined)
}

/** See `ReleaseOps.admit`. Through `maint`, because only leaving it makes the load balancer forget older verdicts. */
export async function admit(context: ReleaseContext, names: readonly string[], again: boolean): Promise<void> {
  const servers = serversOf(await context.traffic.state(context.tools.signal), names)
  const off = servers.filter(server => server.placement === 'maint' || (server.placement === 'drain' && again))
  const drained = off.filter(server => server.placement === 'drain')
  await carryOut(
    context,
    drained.map(server => ({server: server.name, to: 'maint'})),
  )
  await carryOut(
    context,
    off.map(server => ({server: server.name, to: 'drain'})),
  )
  if (!context.tools.dryRun) await waitFresh(context, names)
}

/** Waits until every one passed fresh checks of the load balancer. Raises `release/not-ready` with the check's words. */
export async function waitFresh(context: ReleaseContext, names: readonly string[]): Promise<void> {
  const {traffic, tools, config} = context
  const seen = await lookUntil(async () => staleness(serversOf(await traffic.state(tools.signal), names)), {
    timeoutMs: config.instances.timeout,
    everyMs: QUICK_MS,
    signal: tools.signal,
    clock: tools.clock,
  })
  if (!seen.ok)
    throw new OpsError('release/not-ready', `no fresh good check after ${formatDuration(seen.ms)}: ${seen.reason}`)
  tools.log(`${names.join(', ')} healthy for the load balancer after ${formatDuration(seen.ms)}`)
}

function staleness(servers: readonly TrafficServer[]): {ok: boolean; reason: string} {
  const stale = servers.find(server => !server.fresh)
  return stale === undefined
    ? {ok: true, reason: 'all passed'}
    : {ok: false, reason: `${stale.name} is ${stale.word}, ${stale.check}`}
}

/** See `ReleaseOps.switchTo`. The literal command is one line, so that both halves take effect at one instant. */
export async function switchTo(context: ReleaseContext, slot: string): Promise<void> {
  const {config, traffic, tools} = context
  const [to, from] = [namesOf(slotConfig(config, slot)), namesOf(otherConfig(config, slot))]
  const before = await traffic.state(tools.signal)
  const moves: readonly Move[] = [
    ...serversOf(before, to)
      .filter(isAt('ready', false))
      .map(server => ({server: server.name, to: 'ready' as const})),
    ...serversOf(before, from)
      .filter(isAt('ready', true))
      .map(server => ({server: server.name, to: 'drain' as const})),
  ]
  if (moves.length === 0) return tools.log(`${slot} takes all traffic already`)
  const fresh = staleness(serversOf(before, to))
  // A drained server is no fallback: all traffic to one that is down means 503 for everybody.
  if (!fresh.ok && !tools.dryRun)
    throw new OpsError('release/not-ready', `${slot} cannot take traffic: ${fresh.reason}`)
  try {
    await carryOut(context, moves)
    if (!tools.dryRun) await confirmMoved(context, moves)
  } catch (cause) {
    await putBackMoves(context, before, moves, cause)
    throw cause
  }
}

const isAt = (placement: TrafficServer['placement'], wanted: boolean) => (server: TrafficServer) =>
  (server.placement === placement) === wanted

async function confirmMoved(context: ReleaseContext, moves: readonly Move[]): Promise<void> {
  const state = await context.traffic.state(context.tools.signal)
  const wrong = moves.find(move => state.servers.get(move.server)?.placement !== move.to)
  if (wrong !== undefined)
    throw new OpsError(
      'traffic/refused',
      `${wrong.server} should be ${wrong.to} and is ${state.servers.get(wrong.server)?.word ?? 'gone'}`,
    )
}

/** Half a switch is worse than none: what was ready before is made ready again, first. */
async function putBackMoves(
  context: ReleaseContext,
  before: TrafficState,
  moves: readonly Move[],
  cause: unknown,
): Promise<void> {
  context.tools.log(`the switch failed (${messageOf(cause)}); restoring every server to where it was`)
  const back = moves
    .map(move => ({server: move.server, to: before.servers.get(move.server)?.placement ?? 'drain'}))
    .sort((one, two) => Number(two.to === 'ready') - Number(one.to === 'ready'))
  try {
    await carryOut(context, back)
  } catch (second) {
    context.tools.log(`restoring failed too: ${messageOf(second)}`)
  }
}

/** See `ReleaseOps.drained`. */
export async function waitDrained(
  context: ReleaseContext,
  names: readonly string[],
): Promise<{readonly left: number; readonly ms: number}> {
  const {config, traffic, tools} = context
  if (tools.dryRun) return {left: 0, ms: 0}
  let [most, left] = [0, 0]
  const seen = await lookUntil(
    async () => {
      const servers = serversOf(await traffic.state(tools.signal), names)
      const live = servers.find(server => server.placement === 'ready')
      if (live !== undefined)
        throw new OpsError('release/not-ready', `${live.name} takes traffic: it cannot become empty`)
      left = servers.reduce((sum, server) => sum + server.sessions, 0)
      most = Math.max(most, left)
      tools.progress(most - left, most, 'requests')
      return {ok: left === 0, reason: `${left} requests in flight`}
    },
    {timeoutMs: config.drain, everyMs: DRAIN_MS, signal: tools.signal, clock: tools.clock},
  )
  tools.log(
    left === 0
      ? `${names.join(', ')}: drained in ${formatDuration(seen.ms)}`
      : `${names.join(', ')}: ${left} requests still in flight after ${formatDuration(seen.ms)}; they are left to finish`,
  )
  return {left, ms: seen.ms}
}

/** See `ReleaseOps.park`. Refuses a slot that takes traffic. */
export async function park(context: ReleaseContext, slot: string): Promise<void> {
  const servers = serversOf(
    await context.traffic.state(context.tools.signal),
    namesOf(slotConfig(context.config, slot)),
  )
  const busy = servers.find(server => server.placement === 'ready')
  if (busy !== undefined && !context.tools.dryRun)
    throw new OpsError('release/not-ready', `${busy.name} takes traffic and cannot be parked`)
  await carryOut(
    context,
    servers.filter(isAt('maint', false)).map(server => ({server: server.name, to: 'maint'})),
  )
}

/** See `ReleaseOps.rest`. Refuses when no other instance of the slot would be left to serve. */
export async function rest(context: ReleaseContext, name: string): Promise<void> {
  const {slot} = placeOf(context.config, name)
  const servers = serversOf(await context.traffic.state(context.tools.signal), namesOf(slot))
  const own = servers.find(server => server.name === name)
  const others = servers.filter(server => server.name !== name && server.placement === 'ready' && server.fresh)
  if (own?.placement === 'ready' && others.length === 0)
    throw new OpsError(
      'release/not-ready',
      `no other healthy instance of ${slot.name} takes traffic: ${name} must stay`,
    )
  if (own?.placement === 'ready') await carryOut(context, [{server: name, to: 'drain'}])
  const {left} = await waitDrained(context, [name])
  if (left > 0) {
    if (own?.placement === 'ready') await carryOut(context, [{server: name, to: 'ready'}])
    throw new OpsError('release/not-ready', `${name} still holds ${left} requests; it has its traffic back`)
  }
}

/** See `ReleaseOps.wake`. */
export async function wake(context: ReleaseContext, name: string): Promise<void> {
  await admit(context, [name], true)
  const [server] = serversOf(await context.traffic.state(context.tools.signal), [name])
  if (server?.placement !== 'ready') await carryOut(context, [{server: name, to: 'ready'}])
}
