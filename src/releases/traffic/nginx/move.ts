import {messageOf, OpsError} from '../../../errors.ts'
import type {Exec} from '../../../processes/exec.ts'
import {lastLines} from '../../../processes/run.ts'
import {escapeLine} from '../../../text/escape.ts'
import {type Clock, sleep} from '../../../units/clock.ts'
import {formatDuration} from '../../../units/duration.ts'
import type {Move} from '../traffic-driver.ts'
import {forgetPending, notePending} from './pending.ts'
import {readUpstreamFile, type UpstreamFile} from './read-file.ts'
import {replaceFile} from './replace-file.ts'
import type {NginxSpec} from './schema.ts'
import {parseUpstream, withServers} from './upstream-file.ts'
import {readWorkers, type Workers} from './workers.ts'

/** What a traffic driver may use. */
export interface NginxTools {
  readonly exec: Exec
  readonly clock: Clock
}

const EVERY_MS = 20

interface Moving {
  readonly spec: NginxSpec
  readonly tools: NginxTools
  readonly signal: AbortSignal
  readonly before: Workers
}

/** Writes the file, tests it, reloads, and waits for new workers. What ends it halfway leaves known what is in force. */
export async function moveServers(
  spec: NginxSpec,
  tools: NginxTools,
  {moves, signal}: {readonly moves: readonly Move[]; readonly signal: AbortSignal},
): Promise<void> {
  const before = await readWorkers(spec.pidFile, tools.clock)
  const {file, text, inForce} = await readUpstreamFile(spec.file, before)
  if (inForce === undefined)
    throw new OpsError('traffic/refused', `${spec.file} was changed after the last reload of nginx`, {
      hint: 'Look at the change, run `nginx -t` and `nginx -s reload`, then plan again.',
    })
  const next = rewritten(spec, inForce, moves)
  if (next === text && next === inForce) return
  await notePending(file, {inForce, written: next, at: tools.clock.now()})
  await replaceFile(file, next, text)
  const moving: Moving = {spec, tools, signal, before}
  const failed = (what: string) => async (words: string, cause?: unknown) => {
    const left = await restoreFile({file, text: next, inForce}, moving)
    signal.throwIfAborted()
    throw new OpsError('traffic/refused', `${what} the new upstream file, ${left}: ${escapeLine(words, 600)}`, {cause})
  }
  const refused = failed('nginx refused')
  await ask(moving, ['-t'], {refused, unknown: failed('nginx did not test')})
  await ask(moving, ['-s', 'reload'], {
    refused,
    // Where it took the file all the same, its new workers say so, and until then it is noted.
    unknown: async (words, cause) => {
      signal.throwIfAborted()
      throw new OpsError('traffic/refused', `whether nginx took the new upstream file is not known: ${words}`, {cause})
    },
  })
  await untilTaken(moving)
  await forgetPending(file)
}

type Ended = (words: string, cause?: unknown) => Promise<never>

/** `refused`: it said no, or is not there. `unknown`: it was stopped before it said anything. */
async function ask(
  {spec, tools, signal}: Moving,
  more: readonly string[],
  {refused, unknown}: {readonly refused: Ended; readonly unknown: Ended},
): Promise<void> {
  const argv = [...spec.nginx, ...more]
  const ended = await tools.exec(argv, {signal, timeoutMs: spec.timeout, anyExit: true}).catch((cause: unknown) => {
    const isMissing = cause instanceof OpsError && cause.code === 'process/missing'
    return (isMissing ? refused : unknown)(messageOf(cause), cause)
  })
  if (ended.exitCode !== 0) await refused(`${argv.join(' ')} exited with ${ended.exitCode}${lastLines(ended)}`)
}

/** What the file has then, in words. An edit that somebody made meanwhile is never lost. */
async function restoreFile(
  {file, text, inForce}: UpstreamFile & {readonly inForce: string},
  {spec, tools, before}: Moving,
): Promise<string> {
  const now = await readWorkers(spec.pidFile, tools.clock).catch(() => before)
  if (now.active.some(pid => !before.active.includes(pid))) return 'and somebody else reloaded it meanwhile: look at it'
  try {
    await replaceFile(file, inForce, text)
  } catch (cause) {
    return `which is as it is: ${messageOf(cause)}`
  }
  await notePending(file, {inForce, written: inForce, at: tools.clock.now()})
  return 'which has its old text again'
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
async function untilTaken({spec, before, signal, tools}: Moving): Promise<void> {
  for (let waited = 0; waited <= spec.timeout; waited += EVERY_MS) {
    const now = await readWorkers(spec.pidFile, tools.clock)
    if (now.active.length > 0 && !now.active.some(pid => before.active.includes(pid))) return
    await sleep(EVERY_MS, signal)
  }
  throw new OpsError(
    'traffic/refused',
    `nginx has not taken the new upstream file after ${formatDuration(spec.timeout)}: its old workers still serve`,
    {hint: 'Its error log says why.'},
  )
}
