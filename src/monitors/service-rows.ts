import {type ProbeSpec, probes} from '../probes/registry.ts'
import type {History} from './history.ts'
import type {ServiceRow} from './rows.ts'
import type {PlacedServices} from './target.ts'
import {sparkline, watchView} from './view.ts'

/** One row for each configured service, all at the same moment. */
export function serviceRows(
  config: PlacedServices,
  history: Pick<History, 'watched'>,
  now: number,
): readonly ServiceRow[] {
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
  return probes.address(spec) ?? ''
}
