import {byUrgency} from './alert-order.ts'
import type {AlertStore} from './alert-store.ts'
import {letterOf, sentByHand, type SentLetter} from './letters.ts'
import type {AlertRow} from './rows.ts'
import type {Alert, DeliveryState} from './state.ts'
import type {AlertEvent, Timelines} from './timeline.ts'

/** Alerts as they are shown. */
export function alertRows(
  alertStore: Pick<AlertStore, 'since'>,
  resolvedSince: number,
  timelines?: Pick<Timelines, 'of'>,
  sent: readonly SentLetter[] = [],
): readonly AlertRow[] {
  const alerts = [...alertStore.since(resolvedSince)].sort(byUrgency)
  const ids = alerts.slice(0, WITH_TIMELINE).map(({id}) => id)
  const events = ids.length === 0 ? undefined : timelines?.of(ids, resolvedSince, SHOWN_EVENTS)
  return alerts.map(alert => {
    const timeline = events?.get(alert.id)?.map(unnamed)
    return timeline === undefined ? rowOf(alert, sent) : {...rowOf(alert, sent), timeline}
  })
}

/** Nobody opens one by one more than these, and each costs a query. */
const WITH_TIMELINE = 100
const SHOWN_EVENTS = 40

function unnamed({at, kind, channel, text}: AlertEvent): Omit<AlertEvent, 'alert'> {
  return {at, kind, ...(channel !== undefined && {channel}), text}
}

function rowOf(alert: Alert, sent: readonly SentLetter[]): AlertRow {
  const {id, rule, severity, target, environment, state, summary, since, firedAt, resolvedAt, acknowledged} = alert
  const ending = state === 'resolved' ? (alert.ending ?? 'resolved') : undefined
  const firesAt = state === 'pending' ? alert.firesAt : undefined
  return {
    id,
    ...(alert.source !== undefined && {source: alert.source}),
    rule,
    severity,
    ...(Object.keys(alert.labels ?? {}).length > 0 && {labels: alert.labels}),
    target,
    environment,
    state,
    summary,
    reason: alert.reason,
    ending,
    since,
    firedAt,
    firesAt,
    resolvedAt,
    acknowledged,
    cause: state === 'resolved' ? undefined : alert.routing?.cause,
    runbook: alert.runbook,
    deliveries: alert.deliveries.map(delivery => deliveryRow(alert, delivery, sent)),
  }
}

function deliveryRow(
  alert: Alert,
  {channel, outcome, at, held}: DeliveryState,
  sent: readonly SentLetter[],
): AlertRow['deliveries'][number] {
  if (held?.kind !== 'given up') return {channel, state: held ? `${held.kind}: ${held.words}` : outcome, at}
  const letter = letterOf(alert, {channel, at})
  const byHand = sentByHand(letter, sent)
  if (byHand) return {channel, state: `sent by ${byHand.by} by hand`, at: byHand.sentAt}
  return {channel, state: `${held.kind}: ${held.words}`, at, undelivered: letter.at}
}
