import {createExporter} from '../../monitors/exporter.ts'
import {parseListen, serveEndpoint} from '../../monitors/endpoint.ts'
import type {Monitor, MonitorStatus} from '../../monitors/monitor.ts'
import {sleep} from '../../units/clock.ts'
import type {CommandContext, ReadingCommand} from '../command.ts'

const LISTEN = '127.0.0.1:9464'

export const command: ReadingCommand = {
  name: 'agent',
  summary: 'Watch and alert without a screen, until it is stopped',
  help: `Holds the lease of the state directory, so consoles show what it stores and do not probe themselves. While
another process holds the lease it waits for it. Serves /metrics for a Prometheus, and /healthz.

Ends on SIGTERM or SIGINT with exit code 0.`,
  flags: {
    listen: {type: 'string', value: 'ADDRESS:PORT', description: `Where /metrics is served; ${LISTEN} when left out`},
  },
  async run({flags}, context) {
    const listen = parseListen(typeof flags['listen'] === 'string' ? flags['listen'] : LISTEN)
    const monitor = await context.monitor('agent')
    const exporter = createExporter({monitor, alertStore: context.alertStore(), clock: context.clock})
    const endpoint = await serveEndpoint(listen, exporter, () => monitor.status())
    monitor.start()
    context.err(`${endpoint.url}/metrics, watching ${monitor.targets().length} targets\n`)
    await tellChanges(monitor, context)
    await endpoint.close()
    const failures = await monitor.stop()
    const text = failures.length === 0 ? 'The agent stopped.' : `The agent stopped, but: ${failures.join('; ')}`
    return {data: {stopped: true, failures}, text, exitCode: failures.length === 0 ? 0 : 1}
  },
}

/** A line for each change of who watches, and of what is wrong with the monitor, until the signal says stop. */
async function tellChanges(monitor: Monitor, context: CommandContext): Promise<void> {
  let told = ''
  while (!context.signal.aborted) {
    const line = describeStatus(monitor.status())
    if (line !== told) context.err(`${line}\n`)
    told = line
    await sleep(1000, context.signal).catch(() => undefined)
  }
}

function describeStatus({state, holder, trouble}: MonitorStatus): string {
  const who = state === 'here' ? 'this agent watches' : state === 'elsewhere' ? `waiting: ${holder} watches` : 'waiting'
  return trouble === undefined ? who : `${who}; trouble: ${trouble}`
}
