import {entriesOf, kinds} from '../../config/kinds.ts'
import type {Config} from '../../config/schema.ts'
import {messageOf} from '../../errors.ts'
import {type Check, failed, ok, warning} from '../../kinds/verdict.ts'
import {type Target, targetId} from '../../monitors/sample.ts'
import {escapeLine} from '../../text/escape.ts'
import {formatDuration} from '../../units/duration.ts'
import {ownTimeDeadline} from '../../units/own-time-deadline.ts'
import type {CommandContext} from '../command.ts'

/** Asked together: a slow one must not make the doctor slow. */
const AT_ONCE = 16

interface Endpoint {
  readonly name: string
  readonly timeoutMs: number
  readonly probe: (signal: AbortSignal) => Promise<readonly Check[]>
}

/** Everything in the configuration is asked once: as its kind asks, or else as the monitor would probe. */
export async function checkEndpoints(config: Config, context: CommandContext): Promise<Check[]> {
  const watched = context.targets()
  // Before any deadline begins to run: what is slow here is not the target.
  await Promise.allSettled(watched.map(async target => target.load?.()))
  const endpoints = endpointsOf(config, context, watched)
  const checks: (readonly Check[])[] = Array.from({length: endpoints.length})
  const queue = [...endpoints.entries()]
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const [index, endpoint] = next
      checks[index] = await checkOnce(endpoint, context.signal)
    }
  }
  await Promise.all(Array.from({length: AT_ONCE}, work))
  return checks.flat()
}

async function checkOnce({name, timeoutMs, probe}: Endpoint, signal: AbortSignal): Promise<readonly Check[]> {
  const deadline = ownTimeDeadline(timeoutMs)
  try {
    return await probe(AbortSignal.any([signal, deadline.signal]))
  } catch (error) {
    signal.throwIfAborted()
    const reason = deadline.signal.aborted ? messageOf(deadline.signal.reason) : messageOf(error)
    return [failed(name, escapeLine(reason), 'Check the address and that the server runs.')]
  } finally {
    deadline.clear()
  }
}

function endpointsOf(config: Config, context: CommandContext, watched: readonly Target[]): Endpoint[] {
  const {clock, secret, exec} = context
  const targets = new Map(watched.map(target => [target.id, target]))
  return kinds.flatMap(kind =>
    entriesOf(config, kind).map(entry => {
      const name = `${kind.target} ${entry.environment}/${entry.name}`
      const {timeout: timeoutMs} = entry
      const target = targets.get(targetId(kind.target, entry.environment, entry.name))
      return {
        name,
        timeoutMs,
        probe: async signal =>
          kind.doctor?.(entry, {name, signal, timeoutMs, clock, exec, secret}) ?? lookAt(name, target, signal),
      }
    }),
  )
}

const ASK_SCHEDULE =
  'Times are started by `opsconsole agent`; `opsconsole schedule show NAME` has the last run and the next times.'

/** What to do about one that is degraded, and about one that is down. */
const FIXES: Readonly<Record<string, readonly [string, string]>> & {readonly server: readonly [string, string]} = {
  server: ['It answers; see the reason.', 'Check the address, the login and that the server runs.'],
  schedule: [ASK_SCHEDULE, ASK_SCHEDULE],
  heartbeat: ['See what the job itself says.', 'See whether the job runs, and what it says itself.'],
}

async function lookAt(name: string, target: Target | undefined, signal: AbortSignal): Promise<Check[]> {
  if (target === undefined) return []
  try {
    const result = await target.probe(signal)
    const {status, reason, latencyMs, version} = target.judge?.(result) ?? result
    const seen = `${version ? `${version}, ` : ''}${formatDuration(latencyMs)}`
    if (status === 'up') return [ok(name, seen)]
    const [works, down] = FIXES[target.kind] ?? FIXES.server
    return [status === 'degraded' ? warning(name, reason, works) : failed(name, reason, down)]
  } finally {
    await target.close?.()
  }
}
