import {notificationCounts} from '../../alerts/notification-counts.ts'
import {messageOf} from '../../errors.ts'
import {parseListen, serveEndpoint} from '../../monitors/endpoint.ts'
import type {Monitor, MonitorStatus} from '../../monitors/monitor-port.ts'
import type {Log, LogEntry} from '../../monitors/log.ts'
import {watching} from '../../overview/log-lines.ts'
import {onHangUp} from '../../processes/on-hang-up.ts'
import {sleep} from '../../units/clock.ts'
import type {CommandContext, ReadingCommand} from '../command.ts'
import {agentLog} from './agent-log.ts'

const LISTEN = '127.0.0.1:9464'
/** An old slot that is ended a few seconds after its time is ended in time. */
const TENDED_EVERY_MS = 5_000

export const command: ReadingCommand = {
  name: 'agent',
  summary: 'Watch and alert without a screen, until it is stopped',
  help: `Holds the lease of the state directory, so consoles show what it stores and do not probe themselves. While
another process holds the lease it waits for it. Serves /metrics for a Prometheus, and /healthz;
POST /intake/NAME takes alerts of senders in alerts: intake.

An old slot whose keepOldSlot is over is ended by it, as a run of end-old-slot like any other, and so is an emergency
traffic control whose time is over (end-traffic-control). It starts the runbooks of schedules when their time has come.

A configuration that changes is checked as a whole and taken by itself within seconds, or at once on SIGHUP. One that is
wrong is refused: the old one stays in force, and the log, status and every console say so.

Writes a log with times to standard error; with --json it prints JSON lines and nothing else. Ends on SIGTERM or SIGINT
with exit code 0.`,
  service: true,
  flags: {
    listen: {type: 'string', value: 'ADDRESS:PORT', description: `Where /metrics is served; ${LISTEN} when left out`},
  },
  async run({flags}, context) {
    const listen = parseListen(typeof flags['listen'] === 'string' ? flags['listen'] : LISTEN)
    const [{createExporter}, {monitorRoutes}, {intakeRoute}, {heartbeatRoute}, keeping, {moreMetrics}] =
      await Promise.all([
        import('../../monitors/exporter.ts'),
        import('../../monitors/monitor-routes.ts'),
        import('../../monitors/intake-route.ts'),
        import('../../heartbeats/receive.ts'),
        import('./keep.ts'),
        import('./more-metrics.ts'),
      ])
    const {keepHeapSmall} = await import('../../processes/small-heap.ts')
    keepHeapSmall()
    const log = agentLog(context)
    const monitor = await context.monitor('agent', log)
    const {clock, matcher} = context
    const more = moreMetrics(context)
    // What was told of runs is counted with what was told of alerts.
    const ofRuns = notificationCounts()
    const counted = {
      targets: () => monitor.targets(),
      status: () => {
        const status = monitor.status()
        return {...status, notifications: [...status.notifications, ...ofRuns.list()]}
      },
    }
    const exporter = createExporter({
      monitor: counted,
      alertStore: context.alertStore(),
      clock,
      matcher: matcher(),
      more,
    })
    const heartbeats = keeping.heartbeatTools(context)
    const endpoint = await serveEndpoint(listen, [
      ...monitorRoutes(exporter, () => monitor.status()),
      intakeRoute(context.intake()),
      heartbeatRoute(heartbeats),
    ])
    monitor.start()
    const targets = monitor.targets().length
    const message = `the agent has started: ${endpoint.url}/metrics, ${watching(targets)}`
    log({level: 'info', event: 'started', message, fields: {pid: process.pid, url: endpoint.url, targets}})
    const ignore = onHangUp(() => void monitor.reload())
    const {signal} = context
    await Promise.all([
      logChanges(monitor, log, signal),
      tend(monitor, log, context),
      keeping.keepAll(monitor, log, context, ofRuns),
    ])
    ignore()
    await endpoint.close()
    const failures = await monitor.stop()
    const text = failures.length === 0 ? 'the agent has stopped' : `the agent has stopped, but: ${failures.join('; ')}`
    const level = failures.length === 0 ? 'info' : 'error'
    const time = new Date(context.clock.now()).toISOString()
    const data = {time, level, event: 'stopped', message: text, stopped: true, failures}
    return {data, text, exitCode: failures.length === 0 ? 0 : 1}
  },
}

/** What earlier runs said would be done is begun while this agent watches. */
async function tend(monitor: Monitor, log: Log, {caretaker, signal}: CommandContext): Promise<void> {
  const tending = caretaker()
  while (!signal.aborted) {
    if (monitor.status().state === 'here')
      try {
        for (const {begun, message} of await tending.tend(signal))
          log({level: begun ? 'info' : 'warning', event: begun ? 'run begun' : 'run not begun', message})
      } catch (error) {
        log({level: 'warning', event: 'run not begun', message: messageOf(error)})
      }
    await sleep(TENDED_EVERY_MS, signal).catch(() => undefined)
  }
}

/** A line for each change of who watches, and of what is wrong with the monitor, until the signal says stop. */
async function logChanges(monitor: Monitor, log: Log, signal: AbortSignal): Promise<void> {
  let last: LogEntry | undefined
  while (!signal.aborted) {
    const entry = statusLine(monitor.status())
    if (entry.message !== last?.message) log(entry)
    last = entry
    await sleep(1000, signal).catch(() => undefined)
  }
}

function statusLine({state, holder, trouble}: MonitorStatus): LogEntry {
  const who = state === 'here' ? 'this agent watches' : state === 'elsewhere' ? `waiting: ${holder} watches` : 'waiting'
  const fields = {state, holder}
  return trouble === undefined
    ? {level: 'info', event: 'watching', message: who, fields}
    : {level: 'error', event: 'trouble', message: `${who}; trouble: ${trouble}`, fields: {...fields, trouble}}
}
