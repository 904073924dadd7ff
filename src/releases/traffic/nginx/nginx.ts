import {messageOf, OpsError} from '../../../errors.ts'
import {quotePosix} from '../../../text/quote-posix.ts'
import type {Move, TrafficDriver, TrafficServer, TrafficState} from '../traffic-driver.ts'
import {type AccessLog, type LogCounts, openAccessLog} from './access-log.ts'
import {ABILITIES} from './abilities.ts'
import {moveServers, type NginxTools} from './move.ts'
import {nginxObstacles} from './obstacles.ts'
import {readUpstreamFile} from './read-file.ts'
import type {NginxSpec} from './schema.ts'
import {parseUpstream, type ServerLine} from './upstream-file.ts'
import {readWorkers, type Workers} from './workers.ts'

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
    move: (moves, signal) => moveServers(spec, tools, {moves, signal}),
  }
}

async function readState(
  spec: NginxSpec,
  {clock, log}: NginxTools & {readonly log: AccessLog | undefined},
): Promise<TrafficState> {
  const workers = await readWorkers(spec.pidFile, clock)
  const {text, inForce} = await readUpstreamFile(spec.file, workers)
  const lines = new Map(parseUpstream(inForce ?? text, spec.upstream).map(line => [line.address, line]))
  const how = inForce === undefined ? 'edited' : inForce === text ? 'read' : 'written'
  const counts = await countsOf(log)
  const servers = Object.entries(spec.servers).flatMap(([name, address]) => {
    const line = lines.get(address)
    return line === undefined ? [] : [{...serverOf(name, line, {workers, how}), ...counts?.byAddress.get(address)}]
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

/** Whether nginx has read the file: it has, or a move of ours that did not end is in it, or somebody edited it since. */
type How = 'read' | 'written' | 'edited'

const CHECKS: Readonly<Record<How, string>> = {
  read: 'nginx checks no servers',
  written: 'a move that did not end is in the upstream file: the next reload of nginx carries it out',
  edited: 'the upstream file was changed after the last reload of nginx',
}

function serverOf(
  name: string,
  line: ServerLine,
  {workers, how}: {readonly workers: Workers; readonly how: How},
): TrafficServer {
  const {placement, weight, ownWeight} = line
  const unfit = unfitness(line, how)
  const remarks = [
    ...(weight === ownWeight ? [] : [`weight ${weight}`]),
    ...(line.others.includes('backup') ? ['backup'] : []),
    ...(how === 'read' ? [] : ['not reloaded']),
  ]
  return {
    name,
    placement: placement === 'serving' && line.others.includes('backup') ? 'draining' : placement,
    word: [placement === 'serving' ? 'UP' : placement === 'draining' ? 'DRAIN' : 'DOWN', ...remarks].join(', '),
    fresh: how !== 'edited',
    failing: false,
    check: CHECKS[how],
    ...(unfit === undefined ? {} : {unfit}),
    // Nobody tells which server an old worker waits for: it counts for each that gets nothing new.
    ...(placement === 'serving' ? {} : {sessions: workers.finishing}),
    ownWeight,
    responses: 0,
    errors: 0,
  }
}

function unfitness({others}: ServerLine, how: How): string | undefined {
  if (how === 'edited') return 'is in an upstream file that was changed after the last reload of nginx'
  return others.includes('backup') ? 'is a backup server, which gets no traffic while another one is up' : undefined
}

function commandText({file, upstream, nginx, servers}: NginxSpec, moves: readonly Move[]): string {
  const words = moves.map(({server, to, weight}) => {
    const share = weight === undefined ? '' : weight === 'own' ? ' with its own weight' : ` weight=${weight}`
    return `${server} (${servers[server] ?? 'no address'}) ${to}${share}`
  })
  const program = nginx.map(quotePosix).join(' ')
  return `in ${quotePosix(file)}, upstream ${upstream}: ${words.join(', ')}; ${program} -t && ${program} -s reload`
}
