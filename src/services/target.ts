import type {Probe} from '../probes/probe.ts'
import type {ProbeSpec} from '../probes/registry.ts'
import {formatDuration} from '../units/duration.ts'
import type {ServiceConfig} from './config.ts'
import type {ProbeResult, Target} from '../monitors/sample.ts'
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
      probe: signal => probe.run(signal),
      judge: result => judgeLatency(result, service.degradedAbove),
      close: async () => probe.close?.(),
    }
  })
}

/** Slow is degraded, whatever else is well. */
export function judgeLatency(result: ProbeResult, limitMs: number | undefined): ProbeResult {
  if (limitMs === undefined || result.status !== 'up' || result.latencyMs <= limitMs) return result
  const reason = `answered in ${formatDuration(result.latencyMs)}, limit ${formatDuration(limitMs)}`
  return {...result, status: 'degraded', reason}
}
