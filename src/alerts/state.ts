import type {Severity} from './severity.ts'
import type {AlertRow} from './rows.ts'
import type {RuleName} from './rows.ts'
import type {Evaluation} from './rules.ts'
import type {AlertTarget} from './alert-target.ts'

/** What one channel knows of an alert, and what became of the attempts to tell it. */
export interface DeliveryState {
  readonly channel: string
  /** The state that was last delivered. */
  readonly notified: 'firing' | 'resolved' | undefined
  /** The last delivery said that the alert flaps. */
  readonly notifiedFlapping: boolean
  /** The state that the attempts are about. */
  readonly wanted: 'firing' | 'resolved'
  readonly attempts: number
  /** Not before this moment. */
  readonly nextAt: number
  /** `delivered`, `failed: ...`, `suppressed: ...`. */
  readonly outcome: string
  readonly at: number
}

/** One alert as it is kept. Its id is stable: rule and target, so acknowledgements and scripts can name it. */
export interface Alert {
  readonly id: string
  readonly rule: RuleName
  readonly severity: Severity
  readonly target: AlertTarget['target']
  readonly environment: string
  readonly name: string
  readonly state: AlertRow['state']
  readonly summary: string
  readonly since: number
  readonly firedAt: number | undefined
  /** When a pending one fires, if the breach lasts; absent: it waits for something other than time. */
  readonly firesAt?: number
  readonly resolvedAt: number | undefined
  /** When it fired within the last hour: more than a few, and it flaps. */
  readonly fired: readonly number[]
  readonly deliveries: readonly DeliveryState[]
  readonly acknowledged: AlertRow['acknowledged']
}

/** A change of state, with its reason: shown, audited, notified. */
export interface Transition {
  readonly to: 'pending' | 'firing' | 'resolved' | 'cleared'
  readonly reason: string
}

export interface AlertChange {
  /** Undefined: nothing is left to keep of it. */
  readonly alert: Alert | undefined
  /** Undefined: only its words changed, or nothing. */
  readonly transition: Transition | undefined
}

const HOUR_MS = 3_600_000
const FLAPPING_TIMES = 3

export const alertId = (rule: RuleName, target: AlertTarget['target']): string =>
  `${rule.replaceAll(' ', '-')}:${target}`

/** Fires again and again: notified once, then at most once an hour. */
export const isFlappingAlert = (alert: Pick<Alert, 'fired'>, now: number): boolean =>
  alert.fired.filter(at => at > now - HOUR_MS).length >= FLAPPING_TIMES

/** The alert after one evaluation of its rule. Nothing fresh to judge by changes nothing: it never resolves an alert. */
export function nextAlert(
  before: Alert | undefined,
  evaluation: Evaluation,
  target: Pick<AlertTarget, 'target' | 'environment' | 'name'>,
  now: number,
): AlertChange {
  if (evaluation.breach === 'unknown') return {alert: before, transition: undefined}
  if (evaluation.breach === 'no') return relieve(before, evaluation.reason, now)
  if (before?.state === 'firing')
    return {alert: {...before, summary: evaluation.reason, severity: evaluation.severity}, transition: undefined}
  const pending = before?.state === 'pending' ? before : begin(before, evaluation, target, now)
  if (now - pending.since >= evaluation.forMs) return fire(pending, evaluation, now)
  const due = Number.isFinite(evaluation.forMs) ? {firesAt: pending.since + evaluation.forMs} : {}
  const worded = {...pending, ...due, summary: evaluation.reason}
  return {alert: worded, transition: pending === before ? undefined : {to: 'pending', reason: evaluation.reason}}
}

/** A new episode: what people said about the last one does not count for it. */
function begin(
  before: Alert | undefined,
  evaluation: Evaluation,
  {target, environment, name}: Pick<AlertTarget, 'target' | 'environment' | 'name'>,
  now: number,
): Alert {
  return {
    id: alertId(evaluation.rule, target),
    rule: evaluation.rule,
    severity: evaluation.severity,
    target: target,
    environment,
    name,
    state: 'pending',
    summary: evaluation.reason,
    since: evaluation.since ?? now,
    firedAt: undefined,
    resolvedAt: before?.resolvedAt,
    fired: before?.fired ?? [],
    deliveries: before?.deliveries ?? [],
    acknowledged: undefined,
  }
}

function fire(pending: Alert, evaluation: Evaluation, now: number): AlertChange {
  const fired = [...pending.fired.filter(at => at > now - HOUR_MS), now]
  return {
    alert: {...pending, state: 'firing', summary: evaluation.reason, firedAt: now, resolvedAt: undefined, fired},
    transition: {to: 'firing', reason: evaluation.reason},
  }
}

/** What was wrong is over, or nobody probes it any more. */
export function relieve(before: Alert | undefined, reason: string, now: number): AlertChange {
  if (before === undefined || before.state === 'resolved') return {alert: before, transition: undefined}
  if (before.state === 'firing')
    return {alert: {...before, state: 'resolved', resolvedAt: now}, transition: {to: 'resolved', reason}}
  // It never fired this time. What it fired before is still needed, to tell flapping and to end what was notified.
  const kept = before.resolvedAt === undefined ? undefined : {...before, state: 'resolved' as const}
  return {alert: kept, transition: {to: 'cleared', reason}}
}
