import type {SpentByWindow} from './objectives/objective.ts'
import type {Point, Sample, ServiceState, TargetKind} from './sample.ts'

export type WindowName = '5m' | '1h' | '24h' | '7d'

/** Latencies, milliseconds, within one percent of the nearest rank. Undefined: there is none. */
export interface Percentiles {
  readonly p50: number | undefined
  readonly p95: number | undefined
  readonly p99: number | undefined
}

/** What is said of one stretch of time; the percentiles are those of what answered. Undefined: no sample in it. */
export interface StretchMeasurements extends Percentiles {
  readonly uptime: number | undefined
  readonly errorRate: number | undefined
  readonly samples: number
}

/** Measurements over one window that ends now. */
export interface WindowMeasurements extends StretchMeasurements {
  readonly window: WindowName
  /** Percentiles in which failed probes count with the time that they took. */
  readonly withFailed?: Percentiles
  /** The same window a week before; left out when nothing is kept of it. */
  readonly weekBefore?: StretchMeasurements
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
  /** What was spent of the budgets of its objective, in windows that have not passed; undefined when nothing was counted. */
  readonly spent?: SpentByWindow | undefined
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
