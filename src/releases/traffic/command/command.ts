import {messageOf, OpsError} from '../../../errors.ts'
import type {Exec} from '../../../processes/exec.ts'
import {quotePosix} from '../../../text/quote-posix.ts'
import {fillArgv} from '../../fill-argv.ts'
import {missingProgram} from '../../missing-program.ts'
import type {Move, TrafficDriver} from '../traffic-driver.ts'
import {parseState} from './parse-state.ts'
import type {CommandTrafficSpec} from './schema.ts'

/** A platform behind two programs: one says where the instances are, one moves them. */
export function openCommandTraffic(spec: CommandTrafficSpec, {exec}: {readonly exec: Exec}): TrafficDriver {
  const {timeout: timeoutMs} = spec
  return {
    target: `command ${spec.move[0] ?? ''}`,
    abilities: {
      drain: spec.drain,
      weights: spec.weights,
      perServerCounters: spec.counts,
      ownChecks: false,
      survivesReload: true,
    },
    async state(signal) {
      return parseState(await stateText(spec, exec, signal), spec)
    },
    recheck: () => [],
    obstacles: async () =>
      (
        await Promise.all([
          missingProgram('traffic.state', spec.state, '/'),
          missingProgram('traffic.move', spec.move, '/'),
        ])
      ).flat(),
    command: moves => commandsOf(spec, moves).map(textOf).join('; '),
    async move(moves, signal) {
      for (const {argv, input} of commandsOf(spec, moves))
        try {
          await exec(argv, {signal, timeoutMs, cwd: '/', ...(input === undefined ? {} : {input})})
        } catch (cause) {
          throw new OpsError('traffic/refused', `a move was refused: ${messageOf(cause)}`, {
            cause,
            hint: 'Earlier moves of the same step may have taken effect.',
          })
        }
    },
  }
}

/** Raises `traffic/unreachable`. */
async function stateText({state, timeout}: CommandTrafficSpec, exec: Exec, signal: AbortSignal): Promise<string> {
  try {
    return (await exec(state, {signal, timeoutMs: timeout, cwd: '/'})).stdout
  } catch (cause) {
    throw new OpsError('traffic/unreachable', messageOf(cause), {cause})
  }
}

interface Command {
  readonly argv: readonly string[]
  readonly input?: string
}

function commandsOf({move}: CommandTrafficSpec, moves: readonly Move[]): readonly Command[] {
  if (!move.some(word => word.includes('{server}'))) return [{argv: move, input: `${JSON.stringify(moves)}\n`}]
  return moves.map(({server, to, weight}) => ({
    argv: fillArgv(move, {server, to, weight: weight === undefined ? 'same' : String(weight)}),
  }))
}

const textOf = ({argv, input}: Command): string =>
  `${argv.map(quotePosix).join(' ')}${input === undefined ? '' : ` <<< ${quotePosix(input.trim())}`}`
