import type {TargetId} from '../../monitors/sample.ts'
import type {Severity} from '../severity.ts'

/** An alert that somebody else says there is: escaped, redacted, bounded. It is one of ours from then on. */
export interface Reported {
  /** Of our alert: rule and target. */
  readonly id: string
  /** Name of the sender. */
  readonly source: string
  readonly rule: string
  readonly target: TargetId
  readonly environment: string
  readonly name: string
  readonly severity: Severity
  readonly summary: string
  readonly labels: Readonly<Record<string, string>>
  readonly since: number
  /** When it was last sent. */
  readonly at: number
  /** How often. */
  readonly count: number
  readonly over: boolean
  /** It is over because nobody sent it again. */
  readonly lapsed?: boolean
}

/** Where they are kept: whoever listens writes them, whoever watches reads them at each evaluation. */
export interface ReportedStore {
  /** Open ones, and those that ended since then. */
  since(endedSince: number): readonly Reported[]
  get(id: string): Reported | undefined
  /** All or none. */
  save(reported: readonly Reported[]): void
  openCount(source: string): number
  /** Forgets those that ended before. */
  forget(endedBefore: number): void
}

/** What is over stays so long, for whoever watches to see that it is. */
export const OVER_KEPT_MS = 24 * 3_600_000
