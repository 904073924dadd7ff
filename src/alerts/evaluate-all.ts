import type {AlertTarget} from './alert-target.ts'
import type {Reports} from './intake/reports.ts'
import {type Alert, type AlertChange, alertId, nextAlert, relieve} from './state.ts'
import type {Rules} from './rules/evaluate.ts'

const REMOVED = {ending: 'removed', reason: 'it is no longer in the configuration'} as const

/** Finds a watched target that was not given. */
export type TargetOf = (id: string) => AlertTarget | undefined

interface Judging {
  readonly known: ReadonlyMap<string, Alert>
  readonly rules: Rules
  readonly now: number
  /** Undefined: there are others, of which nothing is to be said now. */
  readonly all: {readonly targetOf: TargetOf; readonly reported: ReturnType<Reports['evaluations']>} | undefined
}

/** What becomes of the alerts of these targets. Of all, also of what others reported and of targets that are gone. */
export function evaluateAll(
  targets: readonly AlertTarget[],
  {known, rules, now, all}: Judging,
): ReadonlyMap<string, AlertChange> {
  const changes = new Map<string, AlertChange>()
  // Nearly all targets are well and have no alert: then there is nothing that could change.
  const open = new Set<string>([...known.values()].map(({target}) => target))
  const judge = (target: AlertTarget): void => {
    for (const evaluation of rules.evaluate(target, now, !open.has(target.target))) {
      const id = alertId(evaluation.rule, target.target)
      changes.set(id, nextAlert(known.get(id), evaluation, target, now))
    }
  }
  targets.forEach(judge)
  if (all === undefined) return changes
  const watched = new Set<string>(targets.map(target => target.target))
  for (const {target, evaluation} of all.reported) {
    const id = alertId(evaluation.rule, target.target)
    changes.set(id, nextAlert(known.get(id), evaluation, target, now))
    watched.add(target.target)
  }
  for (const alert of known.values()) {
    if (watched.has(alert.target)) continue
    const target = all.targetOf(alert.target)
    if (target === undefined) {
      changes.set(alert.id, relieve(alert, REMOVED, now))
      continue
    }
    watched.add(alert.target)
    judge(target)
  }
  return changes
}
