/** How an instance misbehaves: by its version from the start, or by the control endpoint at run time. */
export interface Behaviour {
  /** Share of requests answered 500, 0..1. */
  readonly errors: number
  /** Milliseconds added to every request. */
  readonly latencyMs: number
  /** Status that the health documents answer instead of their own; 0 is their own. */
  readonly health: number
  /** The product pages answer 500 while the health documents are fine. */
  readonly smokeFails: boolean
  /** The process ends at once. */
  readonly crash: boolean
}

export const WELL: Behaviour = {errors: 0, latencyMs: 0, health: 0, smokeFails: false, crash: false}

/** The suffix of a version decides: `1.5.0-unhealthy`, `-smoke`, `-errors5`, `-slow`, `-crash`; any other is well. */
export function behaviourOfVersion(version: string): Behaviour {
  const suffix = version.slice(version.indexOf('-') + 1)
  if (!version.includes('-')) return WELL
  const errors = /^errors(\d{1,3})$/.exec(suffix)
  if (errors) return {...WELL, errors: Math.min(100, Number(errors[1])) / 100}
  if (suffix === 'unhealthy') return {...WELL, health: 503}
  if (suffix === 'smoke') return {...WELL, smokeFails: true}
  if (suffix === 'slow') return {...WELL, latencyMs: 800}
  if (suffix === 'crash') return {...WELL, crash: true}
  return WELL
}

/** The behaviour after a call of the control endpoint; undefined when a value is not understood. */
export function withFaults(now: Behaviour, query: URLSearchParams): Behaviour | undefined {
  let next = query.has('reset') ? WELL : now
  for (const [key, text] of query) {
    const value = Number(text)
    if (key === 'reset') continue
    if (key === 'errors' && value >= 0 && value <= 1) next = {...next, errors: value}
    else if (key === 'latency' && value >= 0 && value <= 60_000) next = {...next, latencyMs: value}
    else if (key === 'health' && (value === 0 || (value >= 200 && value <= 599))) next = {...next, health: value}
    else return undefined
  }
  return next
}

/** Both at once: the version's own faults and those that were switched on. */
export function worst(one: Behaviour, other: Behaviour): Behaviour {
  return {
    errors: Math.max(one.errors, other.errors),
    latencyMs: Math.max(one.latencyMs, other.latencyMs),
    health: other.health || one.health,
    smokeFails: one.smokeFails || other.smokeFails,
    crash: one.crash || other.crash,
  }
}
