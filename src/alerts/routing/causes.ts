import type {TargetId} from '../../monitors/sample.ts'
import type {AlertTarget} from '../alert-target.ts'
import type {Alert} from '../state.ts'

/** What each target needs, as the configuration says with `dependsOn`. */
export type Dependencies = ReadonlyMap<string, readonly TargetId[]>

/** What is known while one alert is routed. */
export interface Surroundings {
  readonly now: number
  readonly dependencies: Dependencies
  /** A target as it is now, by its id. */
  readonly targetOf: (id: string) => AlertTarget | undefined
  readonly alerts: Iterable<Alert>
}

/** What an alert is put down to, and in which words. */
export interface Cause {
  readonly target: TargetId
  readonly reason: 'cause' | 'cause not known' | 'cause just over'
  readonly words: string
}

/** Nobody waits longer than this for the probe that tells the cause. */
const LONGEST_WAIT_MS = 60_000

/**
 * What an alert is only a symptom of: something that its target needs, and that is down itself. The state of that
 * decides, not whether somebody was notified of it, so chains need no rule of their own. It must have an alert that is
 * open, though: whoever is kept from hearing of a symptom hears of the cause.
 */
export function causeOf(alert: Alert, surroundings: Surroundings): Cause | undefined {
  const needed = (surroundings.dependencies.get(alert.target) ?? []).flatMap(id => surroundings.targetOf(id) ?? [])
  const causes = needed.filter(parent => !dependsOn(surroundings.dependencies, parent.target, alert.target))
  for (const parent of causes)
    if (isFailing(parent, surroundings.alerts))
      return {target: parent.target, reason: 'cause', words: `${parent.target} is down, which it depends on`}
  for (const parent of causes) {
    const waits = waitFor(parent, alert, surroundings)
    if (waits !== undefined) return waits
  }
  return undefined
}

/** Down, or last seen down: an alert that it is down stays while nothing is heard of it. */
function isFailing({target, state}: AlertTarget, alerts: Iterable<Alert>): boolean {
  if (state !== 'down' && state !== 'no data') return false
  for (const alert of alerts) {
    if (alert.target !== target || alert.state === 'resolved') continue
    if (state === 'down' || (alert.rule === 'down' && alert.state === 'firing')) return true
  }
  return false
}

/**
 * A short while in which it is not known yet: before the parent was probed after this began, and after the parent came
 * back, when what depends on it has not had the time to do so.
 */
function waitFor(parent: AlertTarget, alert: Alert, {now, targetOf}: Surroundings): Cause | undefined {
  const {target, state, sample, since = 0, intervalMs} = parent
  if (state === 'no data' || state === 'down') return undefined
  const patience = Math.min(2 * intervalMs, LONGEST_WAIT_MS)
  if (sample !== undefined && sample.at < alert.since && now - (alert.firedAt ?? now) < patience)
    return {target, reason: 'cause not known', words: `waiting for the next probe of ${target}, which it depends on`}
  const own = targetOf(alert.target)?.intervalMs ?? intervalMs
  if (alert.routing?.cause === target && now - since < 2 * own)
    return {target, reason: 'cause just over', words: `${target} has just come back, which it depends on`}
  return undefined
}

/** Whether one needs the other, in any number of steps. Two that need each other are no cause of each other. */
function dependsOn(dependencies: Dependencies, from: string, on: string): boolean {
  const seen = new Set<string>()
  const open = [from]
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (id === on) return true
    if (seen.has(id)) continue
    seen.add(id)
    open.push(...(dependencies.get(id) ?? []))
  }
  return false
}
