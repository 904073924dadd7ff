import type {Severity} from '../severity.ts'
import type {Judgement} from './conditions/condition.ts'
import type {RunbookTemplate} from './rule.ts'

/** What one rule says about one target now. */
export interface Evaluation extends Omit<Judgement, 'forMs'> {
  readonly rule: string
  readonly severity: Severity
  /** How long a breach is only pending. Infinity: it waits for something other than time. */
  readonly forMs: number
  /** How long the alert stays after the breach is over; at once when left out. */
  readonly keepFiringForMs?: number
  /** The runbook that answers it, parameters filled. */
  readonly runbook?: RunbookTemplate | undefined
  readonly labels?: Readonly<Record<string, string>>
  /** Who says so, where that is not a rule of ours. */
  readonly source?: string
}
