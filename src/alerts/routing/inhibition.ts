import type {Alert} from '../state.ts'
import type {Inhibition} from './config.ts'
import {type Matcher, matchesAlert} from './matcher.ts'

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
