import type {Slo} from '../monitors/objectives/budget.ts'
import type {Point, Sample, ServiceState, TargetId, TargetKind} from '../monitors/sample.ts'

/** What was measured of a target before now; read only when a rule asks. */
export interface Past {
  /** Probes since then, two hours back at most, oldest first. */
  points(since: number): readonly Point[]
  /** 95th percentile of the latencies in this hour of each of the seven days before, and of how many. */
  usual(now: number): {readonly p95: number | undefined; readonly count: number}
}

/** One target as the alert rules see it at one moment. */
export interface AlertTarget {
  readonly target: TargetId
  readonly kind: TargetKind
  readonly environment: string
  readonly name: string
  readonly intervalMs: number
  readonly state: ServiceState
  /** Since when, undefined before the first sample. */
  readonly since: number | undefined
  /** Consecutive failed probes without a gap between them. */
  readonly failures: number
  readonly flapping: boolean
  /** The newest sample, however old. */
  readonly sample: Sample | undefined
  /** Since when it has been probed without a gap. */
  readonly probedSince?: number | undefined
  /** Why the last attempt could not probe it at all, which says nothing about the target. */
  readonly unprobed?: {readonly reason: string; readonly since: number} | undefined
  /** Since when the present monitor watches. */
  readonly watchedSince: number
  /** Until then missing samples are nobody's fault: the first one may be doubted. Two intervals of watching when left out. */
  readonly firstResultBy?: number
  readonly past?: Past
  /** Its objectives, with what is left of their budgets and how fast that is spent; none where nothing is promised. */
  readonly slos?: readonly Slo[]
}
