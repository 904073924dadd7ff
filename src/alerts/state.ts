import type {Severity} from './severity.ts'
import type {AlertRow} from './rows.ts'
import type {RuleName} from './rows.ts'
import type {Ending, News} from './news.ts'
import type {Routing} from './routing/routing.ts'
import type {Held} from './held.ts'
import type {Evaluation} from './rules/evaluation.ts'
import type {AlertTarget} from './alert-target.ts'

/** What one channel knows of an alert, and what became of the attempts to notify it. */
export interface DeliveryState {
  readonly channel: string
  /** What was last delivered. */
  readonly notified: News | undefined
  /** The last delivery said that the alert flaps. */
  readonly notifiedFlapping: boolean
  /** What the attempts are about. */
  readonly wanted: News
  readonly attempts: number
  /** Not before this moment. */
  readonly nextAt: number
  /** `delivered`, or `failed: ...` with the reason of the last attempt. */
  readonly outcome: string
  /** When it was last delivered. */
  readonly at: number
  readonly held?: Held | undefined
  /** What was sent, and nobody knows whether it arrived: it is under way, was cut off, or had no answer. */
  readonly unsure?: Unsure | undefined
}

export interface Unsure {
  /** Of the first. */
  readonly at: number
  readonly news: readonly News[]
}

/** What is told of one time from the first breach to its end. */
export interface Episode {
  readonly severity: Severity
  readonly summary: string
  /** Why it is in its state: what is told with it. */
  readonly reason?: string | undefined
  readonly since: number
  readonly firedAt: number | undefined
  readonly resolvedAt: number | undefined
  readonly ending?: Ending | undefined
  /** Which episode it is: when it began by the clock of then. It never changes, so an acknowledgement can name it. */
  readonly episode?: number | undefined
}

/** One alert as it is kept. Its id is stable: rule and target, so acknowledgements and scripts can name it. */
export interface Alert extends Episode {
  readonly id: string
  readonly rule: RuleName
  readonly target: AlertTarget['target']
  readonly environment: string
  readonly name: string
  readonly state: AlertRow['state']
  /** When a pending one fires, if the breach lasts; absent: it waits for something other than time. */
  readonly firesAt?: number
  /** When it fired within the last hour: more than a few, and it flaps. */
  readonly fired: readonly number[]
  readonly deliveries: readonly DeliveryState[]
  readonly acknowledged: AlertRow['acknowledged']
  /** Since when the breach is over while it goes on firing, for its rule keeps it. */
  readonly relievedAt?: number | undefined
  /** The runbook that answers it, parameters filled. */
  readonly runbook?: AlertRow['runbook']
  readonly labels?: Readonly<Record<string, string>> | undefined
  /** Who says so, where that is not a rule of ours. */
  readonly source?: string | undefined
  /** Why nobody is notified of it, of this time of it. */
  readonly routing?: Routing | undefined
  /** While it is pending again: the episode before, whose end may not have been told yet. */
  readonly previous?: Episode | undefined
}

/** A change of state, with its reason: shown, audited, told. */
export interface Transition {
  readonly to: 'pending' | 'cleared' | News
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

/** Fires again and again: told once, then at most once an hour, unless it stays as it is. */
export const isFlappingAlert = (alert: Pick<Alert, 'fired'>, now: number): boolean =>
  alert.fired.filter(at => at > now - HOUR_MS && at <= now).length >= FLAPPING_TIMES

/** When that which a channel is to hear began. */
export const beganAt = ({state, firedAt, resolvedAt}: Pick<Alert, 'state' | 'firedAt' | 'resolvedAt'>) =>
  state === 'resolved' ? resolvedAt : firedAt

/** What a channel is to hear of an alert that has fired. */
export const newsOf = (alert: Alert): News => (alert.state === 'resolved' ? (alert.ending ?? 'resolved') : 'firing')

/** The alert after one evaluation of its rule. Nothing fresh to judge by changes nothing: it never resolves an alert. */
export function nextAlert(
  before: Alert | undefined,
  evaluation: Evaluation,
  target: Pick<AlertTarget, 'target' | 'environment' | 'name' | 'probedSince'>,
  now: number,
): AlertChange {
  if (evaluation.breach === 'unknown') return {alert: before, transition: undefined}
  if (evaluation.breach === 'no') return keptFiring(before, evaluation, now) ?? relieve(before, endOf(evaluation), now)
  if (before?.state === 'firing') return {alert: worded(before, evaluation), transition: undefined}
  const pending =
    before?.state === 'pending'
      ? {...before, since: countedSince(before, evaluation, target, now)}
      : begin(before, evaluation, target, now)
  if (now - pending.since >= evaluation.forMs) return fire(pending, evaluation, now)
  const due = Number.isFinite(evaluation.forMs) ? {firesAt: pending.since + evaluation.forMs} : {}
  const {reason, severity} = evaluation
  const alert = {...pending, ...due, summary: reason, reason, severity}
  const begun = before?.state === 'pending' ? undefined : ({to: 'pending', reason} as const)
  return {alert, transition: begun}
}

const endOf = ({ending = 'resolved', reason}: Evaluation): {readonly ending: Ending; readonly reason: string} => ({
  ending,
  reason,
})

/** While it fires it says what its rule says now. */
function worded(before: Alert, {reason, severity, runbook, labels}: Evaluation): Alert {
  const {relievedAt: _, ...alert} = before
  return {...alert, summary: reason, severity, runbook, labels}
}

/** The alert that its rule keeps for a while after the breach; undefined: it may end. */
function keptFiring(
  before: Alert | undefined,
  {keepFiringForMs = 0, ending = 'resolved'}: Evaluation,
  now: number,
): AlertChange | undefined {
  if (before?.state !== 'firing' || keepFiringForMs === 0 || ending !== 'resolved') return undefined
  const relievedAt = Math.min(before.relievedAt ?? now, now)
  return now - relievedAt < keepFiringForMs ? {alert: {...before, relievedAt}, transition: undefined} : undefined
}

/** A pending breach only lasts while somebody probes: after a gap it begins again, and a moment to come is none. */
function countedSince(
  pending: Alert,
  evaluation: Evaluation,
  {probedSince = 0}: Pick<AlertTarget, 'probedSince'>,
  now: number,
): number {
  const since = pending.since < probedSince ? (evaluation.since ?? probedSince) : pending.since
  return Math.min(Math.max(since, probedSince), now)
}

/** A new episode: what people said about the last one does not count for it. */
function begin(
  before: Alert | undefined,
  evaluation: Evaluation,
  {target, environment, name}: Pick<AlertTarget, 'target' | 'environment' | 'name'>,
  now: number,
): Alert {
  const since = Math.min(evaluation.since ?? now, now)
  return {
    id: alertId(evaluation.rule, target),
    rule: evaluation.rule,
    severity: evaluation.severity,
    target,
    environment,
    name,
    state: 'pending',
    summary: evaluation.reason,
    reason: evaluation.reason,
    since,
    episode: now,
    firedAt: undefined,
    resolvedAt: before?.resolvedAt,
    fired: before?.fired ?? [],
    deliveries: before?.deliveries ?? [],
    acknowledged: undefined,
    runbook: evaluation.runbook,
    labels: evaluation.labels,
    ...(evaluation.source !== undefined && {source: evaluation.source}),
    previous: before && episodeOf(before),
  }
}

const episodeOf = (alert: Alert): Episode => {
  const {severity, summary, reason, since, firedAt, resolvedAt, ending, episode} = alert
  return {severity, summary, reason, since, firedAt, resolvedAt, ending, episode}
}

function fire(before: Alert, evaluation: Evaluation, now: number): AlertChange {
  const {previous: _previous, firesAt: _firesAt, ...pending} = before
  const fired = [...pending.fired.filter(at => at > now - HOUR_MS && at <= now), now]
  const {reason, severity, runbook, labels} = evaluation
  return {
    alert: {
      ...pending,
      severity,
      runbook,
      labels,
      state: 'firing',
      summary: reason,
      reason,
      firedAt: now,
      resolvedAt: undefined,
      fired,
    },
    transition: {to: 'firing', reason},
  }
}

/** What was wrong is over, is worse now, or nobody probes it any more. */
export function relieve(
  before: Alert | undefined,
  {ending, reason}: {readonly ending: Ending; readonly reason: string},
  now: number,
): AlertChange {
  if (before === undefined || before.state === 'resolved') return {alert: before, transition: undefined}
  if (before.state === 'firing') {
    const {relievedAt: _, ...alert} = before
    return {alert: {...alert, state: 'resolved', ending, reason, resolvedAt: now}, transition: {to: ending, reason}}
  }
  // It never fired this time. The episode before is still needed, to see flapping and to end what was told, in its words.
  const {previous, firesAt: _, ...rest} = before
  const kept = previous && {...rest, ...previous, state: 'resolved' as const}
  return {alert: kept, transition: {to: 'cleared', reason}}
}
