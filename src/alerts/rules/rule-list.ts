import type {AlertTarget} from '../alert-target.ts'
import type {AlertsConfig} from '../config.ts'
import type {RuleConfig} from './config.ts'
import {defaultRules} from './defaults.ts'
import {matchesGlob, ruleKey} from './names.ts'
import type {Rule} from './rule.ts'

/** The names of the rules that come with the program. */
export const usualRuleNames = (): readonly string[] => [
  ...new Set(defaultRules({failureThreshold: 1, degradedFor: 0, hitRateBelow: 0}).map(({name}) => name)),
]

type Place = Pick<AlertTarget, 'target' | 'kind' | 'environment' | 'name'>

/** What of the configuration rules are made of. */
export type RulesConfig = Pick<AlertsConfig, 'failureThreshold' | 'degradedFor' | 'hitRateBelow' | 'rules'>

/** The rules that hold for one target, in the order in which they are shown: what comes later changes what has its name. */
export function rulesFor(config: RulesConfig, place: Place, usual = defaultRules(config)): readonly Rule[] {
  const rules = new Map<string, Rule>()
  for (const rule of usual) if (appliesTo(rule, place)) rules.set(ruleKey(rule.name), rule)
  for (const written of config.rules) {
    if (!appliesTo(written, place)) continue
    const changed = changedRule(rules.get(ruleKey(written.name)), written)
    if (changed === undefined) rules.delete(ruleKey(written.name))
    else rules.set(ruleKey(written.name), changed)
  }
  return [...rules.values()]
}

/** Undefined: no such rule here, switched off, or a change of one that does not apply here. */
function changedRule(before: Rule | undefined, written: RuleConfig): Rule | undefined {
  const when = written.when ?? before?.when
  if (written.off === true || when === undefined) return undefined
  return {
    name: before?.name ?? written.name,
    on: written.on ?? before?.on ?? ['*/*'],
    when,
    for: written.for ?? before?.for ?? 0,
    keepFiringFor: written.keepFiringFor ?? before?.keepFiringFor ?? 0,
    severity: written.severity ?? before?.severity ?? 'warning',
    runbook: written.runbook ?? before?.runbook,
    labels: {...before?.labels, ...written.labels},
  }
}

function appliesTo(
  {
    on = ['*/*'],
    environments,
  }: {readonly on?: readonly string[] | undefined; readonly environments?: readonly string[] | undefined},
  {kind, name, environment}: Place,
): boolean {
  if (environments !== undefined && !environments.includes(environment)) return false
  return on.some(pattern => matchesGlob(`${kind}/${name}`, pattern))
}
