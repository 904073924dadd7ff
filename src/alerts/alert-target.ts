import type {Sample, ServiceState, TargetId, TargetKind} from '../monitors/sample.ts'

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
  readonly failures: number
  readonly flapping: boolean
  /** The newest sample, however old. */
  readonly sample: Sample | undefined
  /** Since when the present monitor watches: before two intervals of that, missing samples are nobody's fault. */
  readonly watchedSince: number
}
