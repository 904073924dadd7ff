import {slosOf} from '../monitors/objectives/budget.ts'
import type {Watch} from '../monitors/rows.ts'
import {type ProbeSpec, probes} from '../probes/registry.ts'
import {objectiveOf} from './objective.ts'
import type {ServiceRow} from './rows.ts'
import type {PlacedServices} from './target.ts'

/** One row for each configured service, all at the same moment. */
export function serviceRows(config: PlacedServices, watch: Watch): readonly ServiceRow[] {
  return config.services.map(service => {
    const {environment, name, interval} = service
    const target = {kind: 'service', environment, name, intervalMs: interval} as const
    const {row, sample, windows, spent} = watch.view(target)
    const objective = objectiveOf(service)
    return {
      ...row,
      probe: service.probe.type,
      address: addressOf(service.probe, sample?.detail),
      latencyMs: sample === undefined || sample.status === 'down' ? undefined : sample.latencyMs,
      degradedAboveMs: service.degradedAbove,
      version: sample?.version,
      checks: sample?.checks ?? [],
      windows,
      slos: objective === undefined ? [] : slosOf(objective, spent),
      latencyHistory: watch.latencies(target),
    }
  })
}

/** The address that was probed; before the first probe, what the configuration tells of it. */
function addressOf(spec: ProbeSpec, detail: unknown): string {
  const {address} = (detail ?? {}) as {readonly address?: unknown}
  if (typeof address === 'string') return address
  return probes.address(spec) ?? ''
}
