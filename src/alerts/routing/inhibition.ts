import type {Alert} from '../state.ts'
import type {Inhibition} from './config.ts'
import {matchesAlert, valueOf} from './matcher.ts'

/** Alerts that hold others, by what both must have in common. */
interface Holding extends Inhibition {
  /** Those that the same rule would hold are not among the others of these. */
  readonly sources: ReadonlyMap<string, {readonly all: readonly Alert[]; readonly unheld: readonly Alert[]}>
}

/**
 * Finds what holds an alert back, as Alertmanager does: it fires, has the same values, and is another one; of two that a rule means
 * on both of its sides neither holds the other. Beyond that, alerts that hold each other in a circle, by several rules, hold
 * nobody of the circle: otherwise nobody would be told of any.
 */
export function openInhibitions(
  inhibitions: readonly Inhibition[],
  alerts: Iterable<Alert>,
): (alert: Alert) => Alert | undefined {
  if (inhibitions.length === 0) return () => undefined
  const firing = [...alerts].filter(({state}) => state === 'firing')
  const rules = inhibitions.map(each => ({...each, sources: sourcesOf(each, firing)}))
  return alert => {
    for (const other of holdersOf(alert, rules)) if (!isHeldBy(other, alert, rules)) return other
    return undefined
  }
}

const keyOf = (alert: Alert, same: readonly string[]): string => JSON.stringify(same.map(name => valueOf(alert, name)))

function sourcesOf({while: source, hold, same}: Inhibition, firing: readonly Alert[]): Holding['sources'] {
  const all = Map.groupBy(
    firing.filter(alert => matchesAlert(source, alert)),
    alert => keyOf(alert, same),
  )
  return new Map(
    [...all].map(([key, list]) => [key, {all: list, unheld: list.filter(alert => !matchesAlert(hold, alert))}]),
  )
}

function* holdersOf(alert: Alert, rules: readonly Holding[]): Generator<Alert> {
  for (const {while: source, hold, same, sources} of rules) {
    if (!matchesAlert(hold, alert)) continue
    const found = sources.get(keyOf(alert, same))
    const holders = matchesAlert(source, alert) ? found?.unheld : found?.all
    for (const other of holders ?? []) if (other.id !== alert.id) yield other
  }
}

/** In any number of steps. */
function isHeldBy(one: Alert, other: Alert, rules: readonly Holding[]): boolean {
  const seen = new Set<string>()
  const open = [one]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.id === other.id) return true
    if (seen.has(next.id)) continue
    seen.add(next.id)
    open.push(...holdersOf(next, rules))
  }
  return false
}
