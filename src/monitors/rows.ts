import type {Check, ServiceState} from './sample.ts'

/** Figures over one window. Undefined: no sample in the window. */
export interface WindowFigures {
  readonly window: '5m' | '1h' | '24h' | '7d'
  readonly uptime: number | undefined
  readonly errorRate: number | undefined
  readonly p50: number | undefined
  readonly p95: number | undefined
  readonly p99: number | undefined
  readonly samples: number
}

/** What every watched thing shows: state, since when, how old the knowledge is. */
export interface WatchedRow {
  readonly name: string
  readonly environment: string
  readonly state: ServiceState
  readonly reason: string
  /** Since when the state holds; undefined before the first sample. */
  readonly since: number | undefined
  /** When it was last looked at; undefined: never. */
  readonly at: number | undefined
  readonly intervalMs: number
}

export interface ServiceRow extends WatchedRow {
  /** `http`, `tcp`, `redis`, `postgres`, `command`. */
  readonly probe: string
  /** What is probed, for people: the URL without credentials. */
  readonly address: string
  readonly latencyMs: number | undefined
  readonly version: string | undefined
  readonly checks: readonly Check[]
  readonly windows: readonly WindowFigures[]
  /** Newest last, at most 60; undefined is a gap. */
  readonly latencyHistory: readonly (number | undefined)[]
}
