import {messageOf, OpsError} from '../../../errors.ts'
import {callPlatform, type PlatformTools} from '../../../platforms/call.ts'
import {sleep} from '../../../units/clock.ts'
import {missingProgram} from '../../missing-program.ts'
import type {Move, TrafficDriver, TrafficState} from '../traffic-driver.ts'
import {commandsOf, textOf} from './commands-of.ts'
import {parseState} from './parse-state.ts'
import type {CommandTrafficSpec} from './schema.ts'

const SETTLE_EVERY_MS = 1_000

/** A platform behind two programs: one says where the instances are, one moves them. */
export function openCommandTraffic(spec: CommandTrafficSpec, tools: PlatformTools): TrafficDriver {
  const {timeout: timeoutMs, env, again, already} = spec
  // A program that sets all shares at once needs those of servers that stay where they are, too.
  let seen: TrafficState | undefined
  const state = async (signal: AbortSignal): Promise<TrafficState> => {
    seen = parseState(await stateText(spec, tools, signal), spec)
    return seen
  }
  return {
    target: `command ${spec.move[0] ?? ''}`,
    abilities: {
      drain: spec.drain,
      weights: spec.weights,
      perServerCounters: spec.counts,
      ownChecks: false,
      survivesReload: true,
    },
    notUndone: spec.notUndone,
    state,
    recheck: () => [],
    obstacles: async () =>
      (
        await Promise.all([
          missingProgram('traffic.state', spec.state, '/'),
          missingProgram('traffic.move', spec.move, '/'),
        ])
      ).flat(),
    command: moves => commandsOf(spec, moves, seen).map(textOf).join('; '),
    async move(moves, signal) {
      for (const {argv, input} of commandsOf(spec, moves, seen))
        try {
          await callPlatform({argv, input, env, again, already, timeoutMs, signal}, tools)
        } catch (cause) {
          signal.throwIfAborted()
          const isUnknown = cause instanceof OpsError && cause.code === 'process/timeout'
          const words = isUnknown ? 'whether a move happened is not known' : 'a move was refused'
          throw new OpsError('traffic/refused', `${words}: ${messageOf(cause)}`, {
            cause,
            hint: 'Earlier moves of the same step may have taken effect.',
          })
        }
      await settled(moves, state, {settleMs: spec.settle, signal})
    },
  }
}

/** Raises `traffic/unreachable`. */
async function stateText(spec: CommandTrafficSpec, tools: PlatformTools, signal: AbortSignal): Promise<string> {
  const {state: argv, timeout: timeoutMs, env, again} = spec
  try {
    return await callPlatform({argv, env, again, timeoutMs, signal}, tools)
  } catch (cause) {
    throw new OpsError('traffic/unreachable', messageOf(cause), {cause})
  }
}

/** Waits until the platform shows what was moved. What it still does not show then, whoever asks next says. */
async function settled(
  moves: readonly Move[],
  state: TrafficDriver['state'],
  {settleMs, signal}: {readonly settleMs: number; readonly signal: AbortSignal},
): Promise<void> {
  const deadline = performance.now() + settleMs
  while (performance.now() < deadline) {
    const {servers} = await state(signal)
    if (moves.every(({server, to}) => servers.get(server)?.placement === to)) return
    await sleep(Math.min(SETTLE_EVERY_MS, Math.max(1, deadline - performance.now())), signal)
  }
}
