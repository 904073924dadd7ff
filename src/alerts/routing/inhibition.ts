import {z} from 'zod'
import type {Alert} from '../state.ts'
import {type Matcher, matcherFields, matchesAlert} from './matcher.ts'

const matcher = z.strictObject(matcherFields)

/** While one alert fires, nobody is notified of certain others. */
export const inhibitionSchema = z.strictObject({
  while: matcher.describe('Alerts that, while one of them fires, …'),
  hold: matcher.describe('… keep these from being notified'),
  same: z
    .array(z.string().min(1))
    .default(['environment'])
    .describe('What both must have in common: environment, target, rule, or the name of a label'),
})
export type Inhibition = z.output<typeof inhibitionSchema>

/** The alert that holds this one back. None holds itself, nor one that holds it. */
export function inhibitorOf(
  alert: Alert,
  inhibitions: readonly Inhibition[],
  alerts: Iterable<Alert>,
): Alert | undefined {
  for (const {while: source, hold, same} of inhibitions) {
    if (!matchesAlert(hold, alert) || matchesBoth(source, hold, alert)) continue
    for (const other of alerts)
      if (
        other.id !== alert.id &&
        other.state === 'firing' &&
        matchesAlert(source, other) &&
        same.every(name => common(alert, name) === common(other, name))
      )
        return other
  }
  return undefined
}

const matchesBoth = (source: Matcher, hold: Matcher, alert: Alert): boolean =>
  matchesAlert(source, alert) && matchesAlert(hold, alert)

function common(alert: Alert, name: string): string | undefined {
  switch (name) {
    case 'environment':
      return alert.environment
    case 'target':
      return alert.target
    case 'rule':
      return alert.rule
    default:
      return alert.labels?.[name]
  }
}
