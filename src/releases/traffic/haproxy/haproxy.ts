import {rename, writeFile} from 'node:fs/promises'
import {messageOf, OpsError} from '../../../errors.ts'
import {escapeLine} from '../../../text/escape.ts'
import type {Move, Placement, TrafficAbilities, TrafficDriver, TrafficServer, TrafficState} from '../traffic-driver.ts'
import {moveCommand, stateCommand} from './commands.ts'
import {parseCsv, parseServersState} from './csv.ts'
import type {HaproxySpec} from './schema.ts'
import {ask} from './socket.ts'

/** Weights could be set, but nothing asks for them yet; what the runtime API set is gone with a reload. */
export const ABILITIES: TrafficAbilities = {
  drain: true,
  weights: false,
  perServerCounters: true,
  ownChecks: true,
  survivesReload: false,
}

/** HAProxy's runtime API over its UNIX socket: no reload, no file, in effect within milliseconds. */
export function openHaproxy({socket, backend, stateFile}: HaproxySpec): TrafficDriver {
  return {
    target: `haproxy backend ${backend}`,
    abilities: {...ABILITIES, survivesReload: stateFile !== undefined},
    state: async signal => parseState(backend, await ask(socket, stateCommand(backend), signal)),
    recheck: recheckMoves,
    command: moves =>
      `${moveCommand(backend, moves)}${stateFile === undefined ? '' : `; show servers state > ${stateFile}`}`,
    async move(moves, signal) {
      const command = moveCommand(backend, moves)
      const answer = (await ask(socket, command, signal)).trim()
      // Success is silent; every error is text.
      if (answer !== '')
        throw new OpsError('traffic/refused', `HAProxy answered ${escapeLine(answer, 300)} to: ${command}`)
      if (stateFile !== undefined) await keepState(stateFile, await ask(socket, 'show servers state', signal))
    },
  }
}

/** What the next process of HAProxy begins with. The move has taken effect; only its memory failed. */
async function keepState(file: string, text: string): Promise<void> {
  try {
    const whole = `${file}.new`
    await writeFile(whole, text)
    await rename(whole, file)
  } catch (cause) {
    throw new OpsError('traffic/refused', `the move took effect, but ${file} was not written: ${messageOf(cause)}`, {
      cause,
      hint: 'Let this user write there: without it a reload of HAProxy undoes the move.',
    })
  }
}

/** Through `maint`, because only leaving it makes HAProxy forget older verdicts. */
function recheckMoves(servers: readonly TrafficServer[], again: boolean): readonly (readonly Move[])[] {
  const drained = servers.filter(server => server.placement === 'draining' && again)
  const off = servers.filter(server => server.placement === 'off')
  const to = (placement: Placement) => (server: TrafficServer) => ({server: server.name, to: placement})
  const checked = servers.filter(server => drained.includes(server) || off.includes(server))
  return [drained.map(to('off')), checked.map(to('draining'))]
}

/** Both answers of `stateCommand` as one state. Raises `traffic/refused` when the backend is not in it. */
export function parseState(backend: string, text: string): TrafficState {
  // The CSV ends at the first blank line; a quoted field could hold a newline, never a blank line.
  const end = text.indexOf('\n\n')
  const rows = parseCsv(end < 0 ? text : text.slice(0, end + 1)).filter(row => row['pxname'] === backend)
  const placements = new Map(
    parseServersState(end < 0 ? '' : text.slice(end)).map(row => [
      row['srv_name'] ?? '',
      Number(row['srv_admin_state']),
    ]),
  )
  const total = rows.find(row => row['svname'] === 'BACKEND')
  if (total === undefined)
    throw new OpsError('traffic/refused', `HAProxy has no backend ${backend}: ${escapeLine(text.trim(), 120)}`, {
      hint: 'Check traffic.backend of the release in the configuration.',
    })
  const servers = rows
    .filter(row => row['svname'] !== 'BACKEND' && row['svname'] !== 'FRONTEND')
    .map(row => serverOf(row, placements.get(row['svname'] ?? '') ?? 0))
  const served = servers.reduce((sum, server) => sum + server.errors, 0)
  return {
    servers: new Map(servers.map(server => [server.name, server])),
    unserved: Math.max(0, Number(total['hrsp_5xx']) - served),
  }
}

const CLASSES = ['1xx', '2xx', '3xx', '4xx', '5xx', 'other'] as const

function serverOf(row: Readonly<Record<string, string>>, admin: number): TrafficServer {
  const word = row['status'] ?? ''
  const result = row['check_status'] ?? ''
  const detail = row['last_chk'] ?? ''
  return {
    name: row['svname'] ?? '',
    placement: placementOf(word, admin),
    word: escapeLine(word, 40),
    fresh: isFresh(word, result),
    failing: word.startsWith('DOWN'),
    check: escapeLine(`${result} ${detail}`.trim() || 'not checked', 200),
    sessions: Number(row['scur']) || 0,
    responses: CLASSES.reduce((sum, name) => sum + (Number(row[`hrsp_${name}`]) || 0), 0),
    errors: Number(row['hrsp_5xx']) || 0,
  }
}

/** Bits of srv_admin_state: forced or inherited drain. A drained server that fails its checks says only DOWN. */
const DRAIN_BITS = 0x08 | 0x10

function placementOf(word: string, admin: number): Placement {
  if (word.startsWith('MAINT')) return 'off'
  if (word.startsWith('DRAIN') || (admin & DRAIN_BITS) !== 0) return 'draining'
  return 'serving'
}

/**
 * After `maint` a server is `DRAIN 1/2` and still carries the check result from before, even L7OK of a process that is
 * dead by now. Only the bare word, without a fraction, says that the checks passed since.
 */
function isFresh(word: string, check: string): boolean {
  return (word === 'UP' || word === 'DRAIN') && /^L[467]OKC?$/.test(check.replace(/^\* /, ''))
}
