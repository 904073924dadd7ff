import type {Point, Sample, ServiceState, TargetKind} from './sample.ts'

/** Measurements over one window. Undefined: no sample in the window. */
export interface WindowMeasurements {
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
  /** When it was last probed; undefined: never. */
  readonly at: number | undefined
  readonly intervalMs: number
}

/** What is known of one target at one moment. */
export interface Known {
  /** State, reason, since, age: what every watched thing shows. */
  readonly row: WatchedRow
  /** The newest sample, however old; undefined before the first. */
  readonly sample: Sample | undefined
  readonly windows: readonly WindowMeasurements[]
  readonly recent: readonly Point[]
}

export interface ViewedTarget {
  readonly kind: TargetKind
  readonly environment: string
  readonly name: string
  readonly intervalMs: number
}

export type WatchView = (target: ViewedTarget) => Known

/** The monitor as the makers of rows see it, at one moment. */
export interface Watch {
  readonly now: number
  readonly view: WatchView
  /** One of a target's measurements over its last probes, newest last; undefined is a gap. */
  readonly measurements: (target: ViewedTarget, measurement: string) => readonly (number | undefined)[]
  /** How long its last probes took, likewise. */
  readonly latencies: (target: ViewedTarget) => readonly (number | undefined)[]
}
