import type {Alert} from '../state.ts'
import {matchesGlob, ruleKey} from '../rules/names.ts'
import {escapeLine} from '../../text/escape.ts'
import type {Severity} from '../severity.ts'

/** Which alerts are meant. What is left out says nothing; `*` stands for any text. */
export interface Matcher {
  readonly rules?: readonly string[] | undefined
  readonly on?: readonly string[] | undefined
  readonly environments?: readonly string[] | undefined
  readonly severities?: readonly Severity[] | undefined
  readonly labels?: Readonly<Record<string, string>> | undefined
}

export type Matched = Pick<Alert, 'rule' | 'target' | 'environment' | 'name' | 'severity' | 'labels'>

export function matchesAlert({rules, on, environments, severities, labels}: Matcher, alert: Matched): boolean {
  const target = `${alert.target.slice(0, alert.target.indexOf('/'))}/${alert.name}`
  return (
    some(rules, pattern => matchesGlob(ruleKey(alert.rule), ruleKey(pattern))) &&
    some(on, pattern => matchesGlob(target, pattern)) &&
    some(environments, pattern => matchesGlob(alert.environment, pattern)) &&
    some(severities, severity => severity === alert.severity) &&
    Object.entries(labels ?? {}).every(([name, pattern]) => matchesGlob(labelOf(alert, name), pattern))
  )
}

/** What an alert is compared by: its environment, target or rule, or a label. One without the label is as one whose label is empty. */
export const valueOf = (alert: Matched, name: string): string =>
  name === 'environment' || name === 'target' || name === 'rule' ? alert[name] : labelOf(alert, name)

/** Only its own: every object has a `constructor`. */
const labelOf = ({labels = {}}: Matched, name: string): string =>
  Object.hasOwn(labels, name) ? (labels[name] ?? '') : ''

const some = <Of>(list: readonly Of[] | undefined, holds: (each: Of) => boolean): boolean =>
  list === undefined || list.some(holds)

/** `rule=down on=service/web env=prod`: the same for people and for the trail. */
export function matcherWords({rules, on, environments, severities, labels}: Matcher): string {
  const parts: readonly (readonly [string, readonly string[] | undefined])[] = [
    ['rule', rules],
    ['on', on],
    ['env', environments],
    ['severity', severities],
    ...Object.entries(labels ?? {}).map(([name, value]) => [`label.${name}`, [value]] as const),
  ]
  const words = parts.flatMap(([name, list]) => (list === undefined ? [] : [`${name}=${list.join('|')}`]))
  return words.length === 0 ? 'every alert' : escapeLine(words.join(' '), 500)
}
