import type {Recorder} from './recorder.ts'
import type {Target, TargetId} from './sample.ts'
import type {Scheduler} from './scheduler.ts'

/** One term of watching: from taking the lease to losing it. */
export interface Term {
  /** Since when it has been watching without a pause: before, a missing sample is nobody's fault. */
  since: number
  readonly recorder: Recorder
  readonly scheduler: Scheduler
  readonly changed: Set<Target>
  /** Since when those are watched that came later. */
  readonly addedAt: Map<TargetId, number>
}
