import {access, constants, realpath} from 'node:fs/promises'
import {dirname} from 'node:path'
import {messageOf} from '../../../errors.ts'
import type {Obstacle} from '../../../kinds/questions.ts'
import type {Exec} from '../../../processes/exec.ts'
import {escapeLine} from '../../../text/escape.ts'
import type {Clock} from '../../../units/clock.ts'
import type {NginxSpec} from './schema.ts'
import {readUpstreamFile} from './read-file.ts'
import {parseUpstream} from './upstream-file.ts'
import {readWorkers, type Workers} from './workers.ts'

/** What would stop a move: asked before anything is written. */
export async function nginxObstacles(
  spec: NginxSpec,
  {exec, clock}: {readonly exec: Exec; readonly clock: Clock},
  signal: AbortSignal,
): Promise<readonly Obstacle[]> {
  const workers = await readWorkers(spec.pidFile, clock)
  const found = [
    signallable(workers.master),
    ...(await Promise.all([writable(spec.file), included(spec, exec, signal), strangers(spec, workers)])),
  ]
  return found.filter(obstacle => obstacle !== undefined)
}

/** It is written anew beside itself and renamed: it is the directory that must take it. */
async function writable(file: string): Promise<Obstacle | undefined> {
  const directory = dirname(await realpath(file).catch(() => file))
  return access(directory, constants.W_OK | constants.X_OK).then(
    () => undefined,
    () => ({
      what: `the upstream file of nginx cannot be written in ${escapeLine(directory, 200)}`,
      fix: 'Keep it in a directory of its own that this user may write, and `include` it in nginx.conf.',
    }),
  )
}

function signallable(master: number): Obstacle | undefined {
  try {
    process.kill(master, 0)
    return undefined
  } catch {
    return {
      what: `this user may not reload nginx (process ${master})`,
      fix: 'Run as the user of its master process, or set traffic.nginx to `[sudo, nginx]` with a rule for just that.',
    }
  }
}

async function included({file, nginx}: NginxSpec, exec: Exec, signal: AbortSignal): Promise<Obstacle | undefined> {
  try {
    const {stdout} = await exec([...nginx, '-T'], {signal, timeoutMs: 10_000})
    const names = [file, await realpath(file).catch(() => file)]
    if (names.some(name => stdout.includes(`\n# configuration file ${name}:\n`))) return undefined
    return {
      what: `nginx does not include ${escapeLine(file, 200)}`,
      fix: 'Add `include` with this path to the http block of nginx.conf, or correct traffic.file and traffic.nginx.',
    }
  } catch (cause) {
    return {
      what: `nginx does not accept its configuration as it is now: ${escapeLine(messageOf(cause), 400)}`,
      fix: 'Correct it until `nginx -t` passes: no reload works before.',
    }
  }
}

/** A server of the block that no slot has gets its part of the requests, whatever is moved. */
async function strangers({file, upstream, servers}: NginxSpec, workers: Workers): Promise<Obstacle | undefined> {
  const own = new Set(Object.values(servers))
  const {text, inForce} = await readUpstreamFile(file, workers)
  const others = parseUpstream(inForce ?? text, upstream).filter(
    line => !own.has(line.address) && line.placement === 'serving' && !line.others.includes('backup'),
  )
  if (others.length === 0) return undefined
  const addresses = others.map(({address}) => escapeLine(address, 100)).join(', ')
  return {
    what: `upstream ${escapeLine(upstream, 80)} also sends requests to ${addresses}, which no instance of this release is`,
    fix: 'Give it an upstream of its own, mark it `backup` or `down`, or add it to traffic.servers and a slot.',
  }
}
