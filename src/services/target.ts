import type {Probe} from '../probes/probe.ts'
import type {ProbeSpec} from '../probes/registry.ts'
import {formatDuration} from '../units/duration.ts'
import type {ServiceConfig} from './config.ts'
import type {Finding, Target} from '../monitors/sample.ts'
import {targetId} from '../monitors/sample.ts'

export type PlacedService = ServiceConfig & {readonly environment: string}
export type PlacedServices = {readonly services: readonly PlacedService[]}

/** One target for each configured service. `openProbe` is the registry of probe drivers. */
export function serviceTargets(
  config: PlacedServices,
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
