import {storages} from '../../backups/storage/registry.ts'
import type {Config} from '../../config/schema.ts'
import {messageOf} from '../../errors.ts'
import type {DoctorTools} from '../../kinds/define-driver.ts'
import {probes, type ProbeSpec} from '../../probes/registry.ts'
import {instanceDrivers} from '../../releases/instances/registry.ts'
import {trafficDrivers} from '../../releases/traffic/registry.ts'
import {escapeLine} from '../../text/escape.ts'
import {formatDuration} from '../../units/duration.ts'
import type {CommandContext} from '../command.ts'
import {type Check, failed, ok, warning} from '../../kinds/verdict.ts'

/** Looked at together: a slow one must not make the doctor slow. */
const AT_ONCE = 16

interface Endpoint {
  readonly name: string
  readonly timeoutMs: number
  readonly look: (signal: AbortSignal) => Promise<readonly Check[]>
}

/** One look at everything in the configuration, as the monitor would look. */
export async function checkEndpoints(config: Config, context: CommandContext): Promise<Check[]> {
  const endpoints = [...probed(config, context), ...driven(config, context)]
  const checks: (readonly Check[])[] = Array.from({length: endpoints.length})
  const queue = [...endpoints.entries()]
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const [index, endpoint] = next
      checks[index] = await lookOnce(endpoint, context.signal)
    }
  }
  await Promise.all(Array.from({length: AT_ONCE}, work))
  return checks.flat()
}

async function lookOnce({name, timeoutMs, look}: Endpoint, signal: AbortSignal): Promise<readonly Check[]> {
  const deadline = AbortSignal.timeout(timeoutMs)
  try {
    return await look(AbortSignal.any([signal, deadline]))
  } catch (error) {
    signal.throwIfAborted()
    const reason = deadline.aborted ? `did not answer within ${formatDuration(timeoutMs)}` : messageOf(error)
    return [failed(name, escapeLine(reason), 'Check the address and that the server runs.')]
  }
}

function probed(config: Config, context: CommandContext): Endpoint[] {
  const tools = {clock: context.clock, secret: context.secret, exec: context.exec}
  const endpoint = (name: string, timeoutMs: number, spec: ProbeSpec): Endpoint => ({
    name,
    timeoutMs,
    async look(signal) {
      const probe = probes.open(spec, tools)
      try {
        const {status, reason, latencyMs, version} = await probe.look(signal)
        const seen = `${version ? `${version}, ` : ''}${formatDuration(latencyMs)}`
        if (status === 'up') return [ok(name, seen)]
        if (status === 'degraded') return [warning(name, reason, 'It answers; see the reason.')]
        return [failed(name, reason, 'Check the address, the login and that the server runs.')]
      } finally {
        await probe.close?.()
      }
    },
  })
  return [
    ...config.services.map(({name, environment, timeout, probe}) =>
      endpoint(`service ${environment}/${name}`, timeout, probe),
    ),
    ...config.caches.map(({name, environment, timeout, url}) =>
      endpoint(`cache ${environment}/${name}`, timeout, {type: 'redis', url}),
    ),
    ...config.databases.map(({name, environment, timeout, url}) =>
      endpoint(`database ${environment}/${name}`, timeout, {type: 'postgres', url, query: 'select 1'}),
    ),
  ]
}

/** What the drivers of releases and backups need, as each of them looks at it. */
function driven(config: Config, {clock, exec, secret}: CommandContext): Endpoint[] {
  const endpoint = (
    name: string,
    timeoutMs: number,
    ask: (tools: DoctorTools) => Promise<readonly Check[]>,
  ): Endpoint => ({name, timeoutMs, look: signal => ask({name, signal, timeoutMs, clock, exec, secret})})
  return [
    ...config.releases.map(({name, environment, timeout, traffic, instances}) =>
      endpoint(`release ${environment}/${name}`, timeout, async tools => [
        ...(await trafficDrivers.doctor(traffic, tools)),
        ...(await instanceDrivers.doctor(instances, tools)),
      ]),
    ),
    ...config.backups.map(({name, environment, timeout, storage}) =>
      endpoint(`backup ${environment}/${name}`, timeout, tools => storages.doctor(storage, tools)),
    ),
  ]
}
