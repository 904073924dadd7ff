import type {Matcher} from '../routing/matcher.ts'
import type {TheirMatcher} from './reading.ts'

/** What our flags mean there: `*` stands for any text, several values for any of them. */
export function matchersThere({rules, severities, labels}: Matcher): readonly TheirMatcher[] {
  const lists: readonly (readonly [string, readonly string[] | undefined])[] = [
    ['alertname', rules],
    ['severity', severities],
    ...Object.entries(labels ?? {}).map(([name, value]) => [name, [value]] as const),
  ]
  return lists.flatMap(([name, values]) => (values === undefined ? [] : [matcherOf(name, values)]))
}

function matcherOf(name: string, values: readonly string[]): TheirMatcher {
  const [only = ''] = values
  if (values.length === 1 && !only.includes('*')) return {name, value: only, isRegex: false, isEqual: true}
  return {name, value: values.map(patternOf).join('|'), isRegex: true, isEqual: true}
}

/** For RE2, which is anchored there. */
const patternOf = (glob: string): string =>
  glob
    .split('*')
    .map(part => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*')

/** `severity=~critical|warning`, as Alertmanager writes it. */
export const matchersText = (matchers: readonly TheirMatcher[]): string => matchers.map(matcherText).join(' ')

export const matcherText = ({name, value, isRegex, isEqual}: TheirMatcher): string =>
  `${name}${isEqual ? (isRegex ? '=~' : '=') : isRegex ? '!~' : '!='}${value}`
