import type {TargetId} from '../../monitors/sample.ts'
import type {ReportEvaluation} from '../intake/report-evaluation.ts'
import type {AutoRecord, Refusal} from './record.ts'

/** The rule of the alert that tells people that a policy has given up. */
export const AUTO_RULE = 'auto gave up'

/** A policy that has given up is an alert of its own: routed, escalated and acknowledged as any other. */
export function giveUpEvaluations(record: AutoRecord): readonly ReportEvaluation[] {
  const active = record.refusals.filter(({gaveUp}) => gaveUp)
  // One that is over comes first, so that another of the same target counts.
  return [...record.over.map(each => evaluated(each, false)), ...active.map(each => evaluated(each, true))]
}

function evaluated(
  {policy, alert, environment, target, severity, words, at}: Refusal,
  fires: boolean,
): ReportEvaluation {
  const [, , ...name] = target.split('/')
  return {
    target: {target: target as TargetId, environment, name: name.join('/')},
    evaluation: {
      rule: AUTO_RULE,
      breach: fires ? 'yes' : 'no',
      since: at,
      forMs: 0,
      severity,
      reason: fires ? `${policy} gave up on ${alert}: ${words}` : `${policy} has nothing more to do with ${alert}`,
    },
  }
}
