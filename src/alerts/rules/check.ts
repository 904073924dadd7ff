import {type Issue, oneOf} from '../../kinds/issue.ts'
import type {RuleConfig} from './config.ts'
import {ruleKey} from './names.ts'
import {usualRuleNames} from './rule-list.ts'

/** So long are single probes kept. */
const LONGEST_OVER_MS = 7_200_000

/** What the schema of the rules cannot see, by path from their list. */
export function checkRules(
  rules: readonly RuleConfig[],
  known: {readonly kinds: readonly string[]; readonly environments: readonly string[]},
): readonly Issue[] {
  const usual = usualRuleNames()
  const conditions = new Set(usual.map(ruleKey))
  return rules.flatMap((rule, index) => {
    const said = conditions.has(ruleKey(rule.name)) || rule.when !== undefined
    if (rule.when !== undefined) conditions.add(ruleKey(rule.name))
    const missing = `is missing; no earlier rule is called ${rule.name}, and those of the program are ${usual.join(', ')}`
    return [
      ...(said || rule.off === true ? [] : [{path: [index, 'when'], message: () => missing}]),
      ...checkCondition(rule).map(issue => ({...issue, path: [index, 'when', ...issue.path]})),
      ...(rule.on ?? []).flatMap((pattern, at) => checkKind([index, 'on', at], pattern, known.kinds)),
      ...(rule.environments ?? []).flatMap((environment, at) =>
        known.environments.includes(environment)
          ? []
          : [{path: [index, 'environments', at], message: () => oneOf(environment, known.environments)}],
      ),
    ]
  })
}

function checkKind(path: Issue['path'], pattern: string, kinds: readonly string[]): readonly Issue[] {
  const kind = pattern.slice(0, pattern.indexOf('/'))
  return kind === '*' || kinds.includes(kind) ? [] : [{path, message: () => oneOf(kind, ['*', ...kinds])}]
}

function checkCondition({when}: RuleConfig): readonly Issue[] {
  if (when === undefined) return []
  const sides = when.type === 'threshold' ? [when.above, when.below].filter(side => side !== undefined).length : 1
  const over = 'over' in when ? (when.over ?? 0) : 0
  return [
    ...(sides === 1 ? [] : [{path: [], message: () => 'should have either above or below'}]),
    ...(over <= LONGEST_OVER_MS
      ? []
      : [{path: ['over'], message: () => 'should be 2h at most: single probes are kept so long'}]),
  ]
}
