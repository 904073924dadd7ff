import {messageOf, OpsError} from '../errors.ts'
import {formatDuration} from '../units/duration.ts'
import {answeredState, isSilent, whenAnswered} from './answered-state.ts'
import {requireBound} from './bound.ts'
import {otherConfig, placeOf, type ReleaseContext, type SlotConfig, slotConfig} from './context.ts'
import type {Move, Placement, TrafficServer, TrafficState} from './traffic/traffic-driver.ts'
import {readiness, serversOf, waitReady} from './readiness.ts'
import {probeUntil} from './wait.ts'

const DRAIN_MS = 100

export const namesOf = (slot: SlotConfig): readonly string[] => slot.instances.map(instance => instance.name)

/**
 * Where a server goes that is to get nothing new: with the requests it holds, where the driver can. Where clients are kept on
 * their server, one that drains gets new requests of those all the same: off, it finishes what it holds and gets none.
 */
export async function aside(context: ReleaseContext): Promise<Placement> {
  const {traffic, tools} = context
  if (!traffic.abilities.drain) return 'off'
  const keeper = await whenAnswered(context, async () => traffic.keepsClients?.(tools.signal))
  return keeper === undefined ? 'draining' : 'off'
}

export async function carryOut(context: ReleaseContext, moves: readonly Move[]): Promise<void> {
  if (moves.length === 0) return
  const {traffic, tools} = context
  const change = async (signal: AbortSignal): Promise<void> => {
    await requireBound(context)
    await traffic.move(moves, signal)
  }
  await tools.act(traffic.command(moves), change, undefined)
}

/** The same for a way back, which a load balancer that is restarted just now does not end: it is repeated once that answers. */
export async function carryBack(context: ReleaseContext, moves: readonly Move[]): Promise<void> {
  try {
    await carryOut(context, moves)
  } catch (cause) {
    if (!isSilent(cause)) throw cause
    await answeredState(context)
    await carryOut(context, moves)
  }
}

/** See `ReleaseOps.enableChecksAndWait`. */
export async function enableChecksAndWait(
  context: ReleaseContext,
  names: readonly string[],
  again: boolean,
): Promise<void> {
  const servers = serversOf(await answeredState(context), names)
  for (const moves of context.traffic.recheck(servers, again)) await carryOut(context, moves)
  if (!context.tools.dryRun) await waitReady(context, names)
}

/** See `ReleaseOps.switchTo`. The literal command is one line, so that both halves take effect at one instant. */
export async function switchTo(context: ReleaseContext, slot: string): Promise<void> {
  const {config, tools} = context
  const [to, from] = [namesOf(slotConfig(config, slot)), namesOf(otherConfig(config, slot))]
  const before = await answeredState(context)
  const rest = await aside(context)
  const moves: readonly Move[] = [
    ...serversOf(before, to)
      .filter(isAt('serving', false))
      .map(server => ({server: server.name, to: 'serving' as const})),
    ...serversOf(before, from)
      .filter(isAt('serving', true))
      .map(server => ({server: server.name, to: rest})),
  ]
  if (moves.length === 0) return tools.log(`${slot} takes all traffic already`)
  const fresh = await readiness(context, serversOf(before, to))
  // A drained server is no fallback: all traffic to one that is down means 503 for everybody.
  if (!fresh.ok && !tools.dryRun)
    throw new OpsError('release/not-ready', `${slot} cannot take traffic: ${fresh.reason}`)
  try {
    await carryOut(context, moves)
    if (!tools.dryRun) await confirmMoved(context, moves)
  } catch (cause) {
    await reverseMoves(context, before, moves, cause)
    throw cause
  }
}

const isAt = (placement: TrafficServer['placement'], wanted: boolean) => (server: TrafficServer) =>
  (server.placement === placement) === wanted

export async function confirmMoved(context: ReleaseContext, moves: readonly Move[]): Promise<void> {
  const state = await answeredState(context)
  const wrong = moves.find(move => state.servers.get(move.server)?.placement !== move.to)
  if (wrong !== undefined)
    throw new OpsError(
      'traffic/refused',
      `${wrong.server} should be ${wrong.to} and is ${state.servers.get(wrong.server)?.word ?? 'gone'}`,
    )
}

/** Half a switch is worse than none: what was ready before is made ready again, first. */
async function reverseMoves(
  context: ReleaseContext,
  before: TrafficState,
  moves: readonly Move[],
  cause: unknown,
): Promise<void> {
  context.tools.log(`the switch failed (${messageOf(cause)}); restoring every server to where it was`)
  // Half of it may have happened: a driver works out what to do from what is so now.
  await context.traffic.state(context.tools.signal).catch(() => undefined)
  const back = moves
    .map(move => ({server: move.server, to: before.servers.get(move.server)?.placement ?? ('off' as const)}))
    .sort((one, two) => Number(two.to === 'serving') - Number(one.to === 'serving'))
  try {
    await carryBack(context, back)
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
  if (!traffic.abilities.drain) {
    tools.log(`${traffic.target} cannot drain: requests that ${names.join(', ')} held were cut off`)
    return {left: 0, ms: 0}
  }
  let [most, left] = [0, 0]
  const seen = await probeUntil(
    async () => {
      const servers = serversOf(await answeredState(context), names)
      const live = servers.find(server => server.placement === 'serving')
      if (live !== undefined)
        throw new OpsError('release/not-ready', `${live.name} takes traffic: it cannot become empty`)
      left = servers.reduce((sum, server) => sum + (server.sessions ?? 0), 0)
      most = Math.max(most, left)
      tools.progress(most - left, most, 'requests')
      return {ok: left === 0, reason: `${left} requests in flight`}
    },
    {timeoutMs: config.drainTimeout, everyMs: DRAIN_MS, signal: tools.signal, clock: tools.clock},
  )
  tools.log(
    left === 0
      ? `${names.join(', ')}: drained in ${formatDuration(seen.ms)}`
      : `${names.join(', ')}: ${left} requests still in flight after ${formatDuration(seen.ms)}; they are left to finish`,
  )
  return {left, ms: seen.ms}
}

/** See `ReleaseOps.disableSlot`. Refuses a slot that takes traffic. */
export async function disableSlot(context: ReleaseContext, slot: string): Promise<void> {
  const servers = serversOf(await answeredState(context), namesOf(slotConfig(context.config, slot)))
  const busy = servers.find(server => server.placement === 'serving')
  if (busy !== undefined && !context.tools.dryRun)
    throw new OpsError('release/not-ready', `${busy.name} takes traffic and cannot be disabled`)
  await carryOut(
    context,
    servers.filter(isAt('off', false)).map(server => ({server: server.name, to: 'off'})),
  )
}

export async function anyReady(context: ReleaseContext, servers: readonly TrafficServer[]): Promise<boolean> {
  for (const server of servers) if ((await readiness(context, [server])).ok) return true
  return false
}

/** See `ReleaseOps.drainInstance`. Refuses when no other instance of the slot would be left to serve. */
export async function drainInstance(context: ReleaseContext, name: string): Promise<void> {
  const {slot} = placeOf(context.config, name)
  const servers = serversOf(await answeredState(context), namesOf(slot))
  const own = servers.find(server => server.name === name)
  const others = servers.filter(server => server.name !== name && server.placement === 'serving')
  if (own?.placement === 'serving' && !(await anyReady(context, others)))
    throw new OpsError(
      'release/not-ready',
      `no other healthy instance of ${slot.name} takes traffic: ${name} must stay`,
    )
  if (own?.placement === 'serving') await carryOut(context, [{server: name, to: await aside(context)}])
  const {left} = await waitDrained(context, [name])
  if (left > 0) {
    if (own?.placement === 'serving') await carryOut(context, [{server: name, to: 'serving'}])
    throw new OpsError('release/not-ready', `${name} still holds ${left} requests; it has its traffic back`)
  }
}

/** See `ReleaseOps.undrainInstance`. */
export async function undrainInstance(context: ReleaseContext, name: string): Promise<void> {
  await enableChecksAndWait(context, [name], true)
  const [server] = serversOf(await answeredState(context), [name])
  if (server?.placement !== 'serving') await carryOut(context, [{server: name, to: 'serving'}])
}
