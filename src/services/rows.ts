import type {Slo} from '../monitors/objectives/budget.ts'
import type {WatchedRow, WindowMeasurements} from '../monitors/rows.ts'
import type {Check} from '../monitors/sample.ts'

export interface ServiceRow extends WatchedRow {
  /** `http`, `tcp`, `redis`, `postgres`, `command`. */
  readonly probe: string
  /** What is probed, for people: the URL without credentials. */
  readonly address: string
  readonly latencyMs: number | undefined
  /** An answer slower than this is degraded; undefined when none is. */
  readonly degradedAboveMs?: number | undefined
  readonly version: string | undefined
  readonly checks: readonly Check[]
  readonly windows: readonly WindowMeasurements[]
  /** Its objectives with their budgets; none where nothing is promised. */
  readonly slos?: readonly Slo[]
  /** Newest last, at most 60; undefined is a gap. */
  readonly latencyHistory: readonly (number | undefined)[]
}
