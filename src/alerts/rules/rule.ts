import type {Severity} from '../severity.ts'
import type {Condition} from './conditions/registry.ts'

/** A runbook that answers an alert. In parameters `{name}`, `{kind}`, `{environment}` and `{target}` are filled. */
export interface RunbookTemplate {
  readonly name: string
  readonly params: Readonly<Record<string, string>>
}

/** A rule as data. The ones that come with the program and those of the configuration are alike. */
export interface Rule {
  readonly name: string
  /** Whether it is for a target at all: `service/web`, `cache/*`. */
  readonly on: readonly string[]
  readonly environments?: readonly string[] | undefined
  readonly when: Condition
  /** How long a breach is only pending: milliseconds, or intervals of the target. */
  readonly for: number | {readonly intervals: number}
  /** How long it goes on firing after the breach is over. */
  readonly keepFiringFor: number
  readonly severity: Severity
  readonly runbook?: RunbookTemplate | undefined
  readonly labels: Readonly<Record<string, string>>
}
