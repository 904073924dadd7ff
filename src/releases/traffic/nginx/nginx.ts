import {realpath, stat} from 'node:fs/promises'
import {messageOf, OpsError} from '../../../errors.ts'
import type {Exec} from '../../../processes/exec.ts'
import {escapeLine} from '../../../text/escape.ts'
import {quotePosix} from '../../../text/quote-posix.ts'
import {type Clock, sleep} from '../../../units/clock.ts'
import {formatDuration} from '../../../units/duration.ts'
import type {Move, TrafficDriver, TrafficServer, TrafficState} from '../traffic-driver.ts'
import {type AccessLog, type LogCounts, openAccessLog} from './access-log.ts'
import {ABILITIES} from './abilities.ts'
import {nginxObstacles} from './obstacles.ts'
import {replaceFile} from './replace-file.ts'
import type {NginxSpec} from './schema.ts'
import {parseUpstream, type ServerLine, withServers} from './upstream-file.ts'
import {readWorkers, type Workers} from './workers.ts'
import {readBoundedSoon} from '../../../files/bounded-file.ts'

/** What a traffic driver may use. */
export interface NginxTools {
  readonly exec: Exec
  readonly clock: Clock
}

const EVERY_MS = 20
/** Clocks of files and of processes differ by their grain. */
const GRAIN_MS = 100

/** The upstream block in a file, and a reload: what is in force is what the oldest active worker has read. */
export function openNginx(spec: NginxSpec, tools: NginxTools): TrafficDriver {
  const log = spec.accessLog === undefined ? undefined : openAccessLog(spec.accessLog)
  return {
    target: `nginx upstream ${spec.upstream}`,
    abilities: {...ABILITIES, perServerCounters: log !== undefined},
    state: () => readState(spec, {...tools, log}),
    recheck: () => [],
    obstacles: signal => nginxObstacles(spec, tools, signal),
    command: moves => commandText(spec, moves),
    move: (moves, signal) => move(spec, tools, {moves, signal}),
  }
}

async function readState(
  spec: NginxSpec,
  {clock, log}: NginxTools & {readonly log: AccessLog | undefined},
): Promise<TrafficState> {
  const workers = await readWorkers(spec.pidFile, clock)
  const {text, changedAt} = await readUpstream(spec.file)
  const lines = new Map(parseUpstream(text, spec.upstream).map(line => [line.address, line]))
  const inForce = isInForce(workers, changedAt)
  const counts = await countsOf(log)
  const servers = Object.entries(spec.servers).flatMap(([name, address]) => {
    const line = lines.get(address)
    return line === undefined ? [] : [{...serverOf(name, line, {workers, inForce}), ...counts?.byAddress.get(address)}]
  })
  return {servers: new Map(servers.map(server => [server.name, server])), unserved: counts?.unserved ?? 0}
}

/** Raises `traffic/unreachable`. */
async function countsOf(log: AccessLog | undefined): Promise<LogCounts | undefined> {
  try {
    return await log?.counts()
  } catch (cause) {
    throw new OpsError('traffic/unreachable', `the access log of nginx cannot be read: ${messageOf(cause)}`, {cause})
  }
}

/** Raises `traffic/unreachable`. */
async function readUpstream(file: string): Promise<{readonly text: string; readonly changedAt: number}> {
  try {
    const {mtimeMs} = await stat(file)
    return {text: (await readBoundedSoon(file)).toString('utf8'), changedAt: mtimeMs}
  } catch (cause) {
    throw new OpsError('traffic/unreachable', `the upstream file cannot be read: ${messageOf(cause)}`, {cause})
  }
}

/** Whether the workers have read the file as it is now. */
const isInForce = ({since}: Workers, changedAt: number): boolean => since !== undefined && since >= changedAt - GRAIN_MS

function serverOf(
  name: string,
  line: ServerLine,
  {workers, inForce}: {readonly workers: Workers; readonly inForce: boolean},
): TrafficServer {
  const {placement, weight, ownWeight} = line
  const unfit = unfitness(line, inForce)
  const remarks = [
    ...(weight === ownWeight ? [] : [`weight ${weight}`]),
    ...(line.others.includes('backup') ? ['backup'] : []),
    ...(inForce ? [] : ['not reloaded']),
  ]
  return {
    name,
    placement: placement === 'serving' && line.others.includes('backup') ? 'draining' : placement,
    word: [placement === 'serving' ? 'UP' : placement === 'draining' ? 'DRAIN' : 'DOWN', ...remarks].join(', '),
    fresh: inForce,
    failing: false,
    check: inForce ? 'nginx checks no servers' : 'the upstream file was changed after the last reload of nginx',
    ...(unfit === undefined ? {} : {unfit}),
    // Nobody tells which server an old worker waits for: it counts for each that gets nothing new.
    ...(placement === 'serving' ? {} : {sessions: workers.finishing}),
    responses: 0,
    errors: 0,
  }
}

function unfitness({others}: ServerLine, inForce: boolean): string | undefined {
  if (!inForce) return 'is in an upstream file that was changed after the last reload of nginx'
  return others.includes('backup') ? 'is a backup server, which gets no traffic while another one is up' : undefined
}

interface Moving {
  readonly moves: readonly Move[]
  readonly signal: AbortSignal
}

function commandText({file, upstream, nginx, servers}: NginxSpec, moves: readonly Move[]): string {
  const words = moves.map(({server, to, weight}) => {
    const share = weight === undefined ? '' : weight === 'own' ? ' with its own weight' : ` weight=${weight}`
    return `${server} (${servers[server] ?? 'no address'}) ${to}${share}`
  })
  const program = nginx.map(quotePosix).join(' ')
  return `in ${quotePosix(file)}, upstream ${upstream}: ${words.join(', ')}; ${program} -t && ${program} -s reload`
}

async function move(spec: NginxSpec, tools: NginxTools, {moves, signal}: Moving): Promise<void> {
  const file = await realpath(spec.file).catch(() => spec.file)
  const before = await readWorkers(spec.pidFile, tools.clock)
  const {text, changedAt} = await readUpstream(file)
  if (!isInForce(before, changedAt))
    throw new OpsError('traffic/refused', `${spec.file} was changed after the last reload of nginx`, {
      hint: 'Look at the change, run `nginx -t` and `nginx -s reload`, then plan again.',
    })
  const next = rewritten(spec, text, moves)
  if (next === text) return
  await replaceFile(file, next)
  const ask = (more: readonly string[]) =>
    tools.exec([...spec.nginx, ...more], {signal, timeoutMs: spec.timeout}).catch(async (cause: unknown) => {
      await replaceFile(file, text, changedAt)
      throw new OpsError(
        'traffic/refused',
        `nginx refused the new upstream file, which has its old text again: ${escapeLine(messageOf(cause), 600)}`,
        {cause},
      )
    })
  await ask(['-t'])
  await ask(['-s', 'reload'])
  await untilTaken(spec, {before, signal}, tools.clock)
}

/** Raises `traffic/refused` for a server that the file does not have. */
function rewritten(spec: NginxSpec, text: string, moves: readonly Move[]): string {
  const lines = parseUpstream(text, spec.upstream)
  const wanted = moves.map(({server, to, weight}) => {
    const address = spec.servers[server] ?? ''
    if (!lines.some(line => line.address === address))
      throw new OpsError('traffic/refused', `${spec.file} has no server line for ${server}`, {
        hint: 'Check traffic.servers of the release: each address is written as in the upstream block.',
      })
    return [address, {placement: to, weight}] as const
  })
  return withServers(text, lines, new Map(wanted))
}

/** A reload that nginx cannot carry out is only in its error log: the old workers simply stay. */
async function untilTaken(
  spec: NginxSpec,
  {before, signal}: {readonly before: Workers; readonly signal: AbortSignal},
  clock: Clock,
): Promise<void> {
  for (let waited = 0; waited <= spec.timeout; waited += EVERY_MS) {
    const now = await readWorkers(spec.pidFile, clock)
    if (now.active.length > 0 && !now.active.some(pid => before.active.includes(pid))) return
    await sleep(EVERY_MS, signal)
  }
  throw new OpsError(
    'traffic/refused',
    `nginx has not taken the new upstream file after ${formatDuration(spec.timeout)}: its old workers still serve`,
    {hint: 'Its error log says why.'},
  )
}
