import type {AlertTarget} from '../alert-target.ts'
import type {Evaluation} from '../rules/evaluation.ts'

/** What is said of a target by somebody who is no rule. */
export interface ReportEvaluation {
  readonly target: Pick<AlertTarget, 'target' | 'environment' | 'name'>
  readonly evaluation: Evaluation
}
