import {addressOfRef, safeAddress} from '../connections/address.ts'
import type {Probe} from '../probes/probe.ts'
import type {ProbeSpec} from '../probes/registry.ts'
import {escapeLine} from '../text/escape.ts'
import {formatDuration} from '../units/duration.ts'
import type {ServiceConfig} from './config.ts'
import type {History} from './history.ts'
import type {ServiceRow} from './rows.ts'
import type {Finding, Target} from './sample.ts'
import {targetId} from './sample.ts'
import {sparkline, watchView} from './view.ts'

export type PlacedService = ServiceConfig & {readonly environment: string}
type Services = {readonly services: readonly PlacedService[]}

/** One target for each configured service. `openProbe` is the registry of probe drivers. */
export function serviceTargets(
  config: Services,
  tools: {readonly openProbe: (spec: ProbeSpec) => Probe},
): readonly Target[] {
  return config.services.map(service => {
    const probe = tools.openProbe(service.probe)
    return {
      id: targetId('service', service.environment, service.name),
      kind: 'service',
      environment: service.environment,
      name: service.name,
      intervalMs: service.interval,
      timeoutMs: service.timeout,
      look: async signal => judgeLatency(await probe.look(signal), service.degradedAbove),
      close: async () => probe.close?.(),
    }
  })
}

/** Slow is degraded, whatever else is well. */
export function judgeLatency(finding: Finding, limitMs: number | undefined): Finding {
  if (limitMs === undefined || finding.status !== 'up' || finding.latencyMs <= limitMs) return finding
  const reason = `answered in ${formatDuration(finding.latencyMs)}, limit ${formatDuration(limitMs)}`
  return {...finding, status: 'degraded', reason}
}

/** One row for each configured service, all at the same moment. */
export function serviceRows(config: Services, history: Pick<History, 'watched'>, now: number): readonly ServiceRow[] {
  const view = watchView(history, now)
  return config.services.map(service => {
    const {environment, name, interval} = service
    const {row, sample, windows, recent} = view({kind: 'service', environment, name, intervalMs: interval})
    return {
      ...row,
      probe: service.probe.type,
      address: addressOf(service.probe, sample?.detail),
      latencyMs: sample === undefined || sample.status === 'down' ? undefined : sample.latencyMs,
      version: sample?.version,
      checks: sample?.checks ?? [],
      windows,
      latencyHistory: sparkline(recent, interval, point => (point.status === 'down' ? undefined : point.latencyMs)),
    }
  })
}

/** The address that was looked at; before the first look, what the configuration tells of it. */
function addressOf(spec: ProbeSpec, detail: unknown): string {
  const {address} = (detail ?? {}) as {readonly address?: unknown}
  if (typeof address === 'string') return address
  if (spec.type === 'http') return safeAddress(spec.url)
  if (spec.type === 'tcp') return escapeLine(`${spec.host}:${spec.port}`, 200)
  if (spec.type === 'command') return escapeLine(spec.command.join(' '), 200)
  return addressOfRef(spec.url)
}
