import {OpsError} from '../../../errors.ts'
import {quotePosix} from '../../../text/quote-posix.ts'
import {fillArgv} from '../../fill-argv.ts'
import type {Move, TrafficState} from '../traffic-driver.ts'
import {hasShares, isOneByOne, SHARE} from './move-form.ts'
import type {CommandTrafficSpec} from './schema.ts'

/** A program to run for moves, and what it gets on standard input. */
export interface Command {
  readonly argv: readonly string[]
  readonly input?: string
}

type MoveSpec = Pick<CommandTrafficSpec, 'move' | 'words' | 'ids'>

/** What a server with all of the traffic of its kind has, where nobody said a number. */
const WHOLE = 100

/** The programs that carry out these moves. `seen`: where the servers were last seen. */
export function commandsOf(spec: MoveSpec, moves: readonly Move[], seen: TrafficState | undefined): readonly Command[] {
  const {move, words, ids} = spec
  if (hasShares(move)) return [{argv: withShares(move, moves, seen)}]
  if (!isOneByOne(move)) return [{argv: move, input: `${JSON.stringify(moves)}\n`}]
  return moves.map(({server, to, weight}) => {
    const own = words[to]
    const argv = move.flatMap(word => (word === '{to}' ? own : [word]))
    return {
      argv: fillArgv(argv, {
        server,
        id: ids[server] ?? server,
        to: own.join(' '),
        weight: weight === undefined ? 'same' : String(weight),
      }),
    }
  })
}

export const textOf = ({argv, input}: Command): string =>
  `${argv.map(quotePosix).join(' ')}${input === undefined ? '' : ` <<< ${quotePosix(input.trim())}`}`

function withShares(
  argv: readonly string[],
  moves: readonly Move[],
  seen: TrafficState | undefined,
): readonly string[] {
  return argv.map(word =>
    word.replaceAll(SHARE, (_placeholder, name: string) => {
      const before = seen?.servers.get(name)
      const move = moves.find(({server}) => server === name)
      if (before === undefined)
        throw new OpsError('traffic/refused', `the share of ${name} is not known: \`state\` does not list it`)
      const share = before.placement === 'serving' ? (before.weight ?? WHOLE) : 0
      if (move === undefined) return String(share)
      if (move.to !== 'serving') return '0'
      return String(typeof move.weight === 'number' ? move.weight : share > 0 && move.weight !== 'own' ? share : WHOLE)
    }),
  )
}
