import {fill} from '../../text/fill.ts'
import type {AlertTarget} from '../alert-target.ts'
import type {Judgement} from './conditions/condition.ts'
import {judge} from './conditions/registry.ts'
import type {Evaluation} from './evaluation.ts'
import type {Rule, RunbookTemplate} from './rule.ts'
import {type RulesConfig, rulesFor} from './rule-list.ts'

/** The rules of one configuration. */
export interface Rules {
  evaluate(target: AlertTarget, now: number): readonly Evaluation[]
}

/** Which rules hold for a target is found out once, for it is asked at every tick. */
export function openRules(config: RulesConfig): Rules {
  const known = new Map<string, readonly Rule[]>()
  const rulesOf = (target: AlertTarget): readonly Rule[] => {
    const rules = known.get(target.target) ?? rulesFor(config, target)
    known.set(target.target, rules)
    return rules
  }
  return {
    evaluate(target, now) {
      const rules = rulesOf(target)
      const circumstances = {now, failuresUntilDown: failuresUntilDown(rules)}
      return rules.map(rule => evaluationOf(rule, target, judge(rule.when, target, circumstances)))
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
