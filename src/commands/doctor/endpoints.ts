import {storages} from '../../backups/storage/registry.ts'
import type {Config} from '../../config/schema.ts'
import {messageOf} from '../../errors.ts'
import {probes, type ProbeSpec} from '../../probes/registry.ts'
import {ask} from '../../releases/traffic/haproxy/socket.ts'
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
  const endpoints = [...probed(config, context), ...sockets(config), ...stored(config, context)]
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

function sockets(config: Config): Endpoint[] {
  return config.releases.map(({name: release, environment, timeout, traffic}) => {
    const name = `release ${environment}/${release}`
    return {
      name,
      timeoutMs: timeout,
      async look(signal) {
        const text = await ask(traffic.socket, 'show info', signal, timeout)
        const level = await ask(traffic.socket, 'show cli level', signal, timeout)
        const version = /^Version: *(\S+)/m.exec(text)?.[1] ?? 'unknown version'
        if (/admin/.test(level)) return [ok(name, `HAProxy ${escapeLine(version, 40)}, level admin`)]
        const mend = 'Add `level admin` to its `stats socket` line in haproxy.cfg.'
        return [failed(name, `the socket has level ${escapeLine(level.trim(), 40)}`, mend)]
      },
    }
  })
}

/** Where backups are kept, as its driver looks at it. */
function stored(config: Config, context: CommandContext): Endpoint[] {
  const {clock, exec, secret} = context
  return config.backups.map(({name: backup, environment, timeout, storage}) => {
    const name = `backup ${environment}/${backup}`
    return {
      name,
      timeoutMs: timeout,
      look: signal => storages.doctor(storage, {name, signal, timeoutMs: timeout, clock, exec, secret}),
    }
  })
}
