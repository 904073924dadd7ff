import {rename, writeFile} from 'node:fs/promises'
import {messageOf, OpsError} from '../../../errors.ts'
import {escapeLine} from '../../../text/escape.ts'
import type {Move, Placement, TrafficDriver, TrafficServer, TrafficState} from '../traffic-driver.ts'
import {haproxyControls} from './controls.ts'
import {moveCommand, stateCommand} from './commands.ts'
import {parseCsv} from './csv.ts'
import type {HaproxySpec} from './schema.ts'
import {clientKeeper} from './kept-clients.ts'
import {levelObstacles, stateFileObstacles} from './obstacles.ts'
import {readServersState, type ServerState, unreadable} from './servers-state.ts'
import {ask} from './socket.ts'

/** HAProxy's runtime API over its UNIX socket: no reload, no file, in effect within milliseconds. */
export function openHaproxy({socket, readSocket = socket, backend, stateFile, controls}: HaproxySpec): TrafficDriver {
  return {
    target: `haproxy backend ${backend}`,
    abilities: {
      drain: true,
      weights: true,
      perServerCounters: true,
      ownChecks: true,
      // What the runtime API set, weights too, is gone with a reload unless it is kept in a file.
      survivesReload: stateFile !== undefined,
    },
    listsAllThatServe: true,
    keepsClients: clientKeeper(backend, (command, signal) => ask(socket, command, signal)),
    controls: haproxyControls(controls, {
      read: (command, signal) => ask(readSocket, command, signal),
      change: (command, signal) => ask(socket, command, signal),
    }),
    state: async signal => parseState(backend, await ask(readSocket, stateCommand(backend), signal)),
    recheck: recheckMoves,
    obstacles: async signal => [
      ...levelObstacles(await ask(socket, 'show cli level', signal)),
      ...(stateFile === undefined ? [] : await stateFileObstacles(stateFile)),
    ],
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
  const all = parseCsv(end < 0 ? text : text.slice(0, end + 1))
  const lacking = text.startsWith('# ') ? COLUMNS.find(name => all[0]?.[name] === undefined) : undefined
  if (lacking !== undefined && all.length > 0) throw unreadable(`its statistics have no column ${lacking}`)
  const rows = all.filter(row => row['pxname'] === backend)
  const total = rows.find(row => row['svname'] === 'BACKEND')
  if (total === undefined)
    throw new OpsError('traffic/refused', absenceWords(backend, all, text), {
      hint: 'Check traffic.backend of the release in the configuration.',
    })
  const placements = readServersState(backend, end < 0 ? '' : text.slice(end).trim())
  const servers = rows
    .filter(row => row['svname'] !== 'BACKEND' && row['svname'] !== 'FRONTEND')
    .map((row, _, all) => {
      const state = placements.get(row['svname'] ?? '')
      if (state === undefined)
        throw unreadable(`\`show servers state\` does not name ${escapeLine(row['svname'] ?? '', 60)}`)
      return serverOf(row, state, isSpare(row, all))
    })
  const served = servers.reduce((sum, server) => sum + server.errors, 0)
  return {
    servers: new Map(servers.map(server => [server.name, server])),
    unserved: Math.max(0, Number(total['hrsp_5xx']) - served),
    closed: closedDoors(all),
  }
}

const NOT_OPEN: Readonly<Record<string, string>> = {
  PAUSED: 'is disabled and takes nobody',
  STOP: 'is shut down and takes nobody',
  FULL: 'takes nobody more: its maxconn is reached',
}

/** Which frontend leads to a backend is not in the statistics, so each that lets nobody in is named. */
function closedDoors(rows: readonly CsvRow[]): string | undefined {
  const closed = rows
    .filter(row => row['svname'] === 'FRONTEND')
    .flatMap(row => {
      const words =
        NOT_OPEN[row['status'] ?? ''] ?? (row['slim'] === '0' ? 'has maxconn 0 and takes nobody' : undefined)
      return words === undefined ? [] : [`frontend ${escapeLine(row['pxname'] ?? '', 60)} ${words}`]
    })
  return closed.length === 0 ? undefined : closed.join('; ')
}

/** Without these a server's place or its answers would be a guess. All are in `show stat` since HAProxy 1.5. */
const COLUMNS = ['pxname', 'svname', 'scur', 'status', 'check_status', 'hrsp_2xx', 'hrsp_5xx'] as const

function absenceWords(backend: string, rows: readonly CsvRow[], text: string): string {
  const names = rows.filter(row => row['svname'] === 'BACKEND').map(row => escapeLine(row['pxname'] ?? '', 60))
  const seen = text.startsWith('#')
    ? `it has ${names.join(', ') || 'none'}`
    : `it answered ${escapeLine(text.trim(), 120)}`
  return `HAProxy has no backend ${backend}; ${seen}`
}

const CLASSES = ['1xx', '2xx', '3xx', '4xx', '5xx', 'other'] as const

type CsvRow = Readonly<Record<string, string>>

/** A backup server gets nothing while any other one is up. */
const isSpare = (row: CsvRow, all: readonly CsvRow[]): boolean =>
  row['bck'] === '1' && all.some(other => other['bck'] !== '1' && /^(?:UP|no check)/.test(other['status'] ?? ''))

const UNRESOLVED = 'has no address: HAProxy cannot resolve its name'

/** What HAProxy has that no move can overcome: who finds it in the middle of a run has already changed something. */
function unfitness(row: CsvRow, weight: string | undefined): string | undefined {
  if (weight === '0') return 'has weight 0 and gets no traffic'
  if (row['bck'] === '1') return 'is a backup server, which gets no traffic while another one is up'
  if ((row['tracked'] ?? '') !== '')
    return `tracks the check of ${escapeLine(row['tracked'] ?? '', 80)} and has none of its own`
  if (row['status']?.includes('(resolution)') === true) return UNRESOLVED
  if (row['check_fall'] === '1')
    return 'has `fall 1`, by which HAProxy calls it healthy after maintenance before it was checked: give it 2 or more'
  return row['status'] === 'no check' ? 'has no check: add `check` to its line in haproxy.cfg' : undefined
}

function serverOf(row: CsvRow, state: ServerState, spare: boolean): TrafficServer {
  const {admin, weight, ownWeight, address} = state
  const unfit = unfitness(row, weight)
  const remark = weight === '0' ? ', weight 0' : row['bck'] === '1' ? ', backup' : ''
  const word = row['status'] ?? ''
  const withdrawn = word.includes('(resolution)') ? UNRESOLVED : undefined
  const result = row['check_status'] ?? ''
  const detail = row['last_chk'] ?? ''
  return {
    name: row['svname'] ?? '',
    placement: weight === '0' || spare ? idlePlacement(placementOf(word, admin)) : placementOf(word, admin),
    word: `${escapeLine(word, 40)}${remark}`,
    ...(unfit === undefined ? {} : {unfit}),
    ...(withdrawn === undefined ? {} : {withdrawn}),
    ...(address === undefined ? {} : {address}),
    // One that tracks another has the verdict of that one.
    fresh: isFresh(row, (row['tracked'] ?? '') === '' ? result : 'L7OK'),
    failing: word.startsWith('DOWN'),
    check: escapeLine(`${result} ${detail}`.trim() || 'not checked', 200),
    sessions: Number(row['scur']) || 0,
    ...counted('weight', weight),
    ...counted('ownWeight', ownWeight),
    ...counted('queued', row['qcur']),
    ...counted('connections', row['used_conn_cur']),
    responses: CLASSES.reduce((sum, name) => sum + (Number(row[`hrsp_${name}`]) || 0), 0),
    errors: Number(row['hrsp_5xx']) || 0,
    refused: Number(row['hrsp_4xx']) || 0,
  }
}

/** Nothing where this HAProxy has no such column. */
const counted = <Name extends string>(name: Name, text: string | undefined): Partial<Readonly<Record<Name, number>>> =>
  text === undefined || text === '' ? {} : ({[name]: Number(text)} as Record<Name, number>)

/** It finishes what it holds and gets nothing new, whatever its state says. */
const idlePlacement = (placement: Placement): Placement => (placement === 'serving' ? 'draining' : placement)

/** Bits of srv_admin_state: forced or inherited drain. A drained server that fails its checks says only DOWN. */
const DRAIN_BITS = 0x08 | 0x10

function placementOf(word: string, admin: number): Placement {
  if (word.startsWith('MAINT')) return 'off'
  if (word.startsWith('DRAIN') || (admin & DRAIN_BITS) !== 0) return 'draining'
  return 'serving'
}

/**
 * After `maint` a server is `DRAIN 1/2` and still carries the check result from before, even L7OK of a process that is
 * dead by now. Only the bare word, without a fraction, says that the checks passed since. With an agent there is no fraction
 * beside a drain, and the same is in the count of its checks.
 */
function isFresh(row: CsvRow, check: string): boolean {
  const word = row['status'] ?? ''
  const whole = Number(row['check_rise']) + Number(row['check_fall']) - 1
  const passed = word === 'DRAIN (agent)' ? Number(row['check_health']) >= whole : word === 'UP' || word === 'DRAIN'
  return passed && /^L[467]OKC?$/.test(check.replace(/^\* /, ''))
}
