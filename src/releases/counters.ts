import type {TrafficState} from './traffic/traffic-driver.ts'

/** The load balancer's counters at one moment. */
export interface Counters {
  readonly ms: number
  readonly servers: ReadonlyMap<string, {readonly responses: number; readonly errors: number}>
  readonly unserved: number
}

export interface TrafficRates {
  readonly requestsPerSecond: number | undefined
  /** Undefined: no request in between. */
  readonly errorRate: number | undefined
  readonly perServer: ReadonlyMap<string, number>
  /** 5xx a second. */
  readonly errorsPerServer: ReadonlyMap<string, number>
}

export function countersOf(state: TrafficState, ms: number): Counters {
  return {
    ms,
    servers: new Map([...state.servers].map(([name, {responses, errors}]) => [name, {responses, errors}])),
    unserved: state.unserved,
  }
}

/** Rates between two probes; undefined on the first, and when counters went back because the load balancer restarted. */
export function ratesBetween(before: Counters | undefined, now: Counters): TrafficRates | undefined {
  if (before === undefined || now.ms <= before.ms || now.unserved < before.unserved) return undefined
  const seconds = (now.ms - before.ms) / 1000
  const perServer = new Map<string, number>()
  const errorsPerServer = new Map<string, number>()
  let [requests, errors] = [now.unserved - before.unserved, now.unserved - before.unserved]
  for (const [name, server] of now.servers) {
    const old = before.servers.get(name) ?? {responses: 0, errors: 0}
    if (server.responses < old.responses) return undefined
    perServer.set(name, (server.responses - old.responses) / seconds)
    errorsPerServer.set(name, (server.errors - old.errors) / seconds)
    requests += server.responses - old.responses
    errors += server.errors - old.errors
  }
  return {
    requestsPerSecond: requests / seconds,
    errorRate: requests === 0 ? undefined : errors / requests,
    perServer,
    errorsPerServer,
  }
}
