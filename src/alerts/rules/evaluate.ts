import {fill} from '../../text/fill.ts'
import type {AlertTarget} from '../alert-target.ts'
import {defaultRules} from './defaults.ts'
import type {Judgement} from './conditions/condition.ts'
import {judge} from './conditions/registry.ts'
import type {Evaluation} from './evaluation.ts'
import type {Rule, RunbookTemplate} from './rule.ts'
import {type RulesConfig, rulesFor} from './rule-list.ts'

interface RulesOfTarget {
  readonly rules: readonly Rule[]
  readonly failuresUntilDown: number
}

/** The rules of one configuration. */
export interface Rules {
  /** `onlyBreaches`: there is no alert of this target that could end, so what is well need not be said. */
  evaluate(target: AlertTarget, now: number, onlyBreaches?: boolean): readonly Evaluation[]
}

/** Which rules hold for a target is found out once, for it is asked at every tick. */
export function openRules(config: RulesConfig): Rules {
  const usual = defaultRules(config)
  const known = new Map<string, RulesOfTarget>()
  const rulesOf = (target: AlertTarget): RulesOfTarget => {
    const before = known.get(target.target)
    if (before !== undefined) return before
    const rules = rulesFor(config, target, usual)
    const found = {rules, failuresUntilDown: failuresUntilDown(rules)}
    known.set(target.target, found)
    return found
  }
  return {
    evaluate(target, now, onlyBreaches = false) {
      const {rules, failuresUntilDown} = rulesOf(target)
      const circumstances = {now, failuresUntilDown}
      const evaluations: Evaluation[] = []
      for (const rule of rules) {
        const judgement = judge(rule.when, target, circumstances)
        if (!onlyBreaches || judgement.breach === 'yes') evaluations.push(evaluationOf(rule, target, judgement))
      }
      return evaluations
    },
  }
}

/** Where no rule says that a target is down, nothing takes the place of a lesser alert. */
const failuresUntilDown = (rules: readonly Rule[]): number =>
  Math.min(...rules.map(({when}) => (when.type === 'failures' ? when.count : Infinity)))

function evaluationOf(rule: Rule, target: AlertTarget, {forMs, ...judgement}: Judgement): Evaluation {
  const wait = typeof rule.for === 'number' ? rule.for : rule.for.intervals * target.intervalMs
  return {
    ...judgement,
    rule: rule.name,
    severity: rule.severity,
    forMs: Math.max(forMs ?? 0, wait),
    keepFiringForMs: rule.keepFiringFor,
    // Only what fires is answered.
    runbook: judgement.breach === 'yes' && rule.runbook !== undefined ? filled(rule.runbook, target) : undefined,
    labels: rule.labels,
  }
}

const filled = ({name, params}: RunbookTemplate, target: AlertTarget): RunbookTemplate => ({
  name,
  params: Object.fromEntries(
    Object.entries(params).map(([key, value]) => [
      key,
      fill(value, {name: target.name, kind: target.kind, environment: target.environment, target: target.target}),
    ]),
  ),
})
