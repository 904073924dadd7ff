import {byUrgency} from './alert-order.ts'
import type {AlertStore} from './alert-store.ts'
import type {AlertRow} from './rows.ts'
import type {Alert} from './state.ts'

/** Alerts as they are shown. */
export function alertRows(alertStore: Pick<AlertStore, 'since'>, resolvedSince: number): readonly AlertRow[] {
  return [...alertStore.since(resolvedSince)].sort(byUrgency).map(rowOf)
}

function rowOf(alert: Alert): AlertRow {
  const {id, rule, severity, target, environment, state, summary, since, firedAt, resolvedAt, acknowledged} = alert
  const ending = state === 'resolved' ? (alert.ending ?? 'resolved') : undefined
  const firesAt = state === 'pending' ? alert.firesAt : undefined
  return {
    id,
    ...(alert.source !== undefined && {source: alert.source}),
    rule,
    severity,
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
    deliveries: alert.deliveries.map(({channel, outcome, at, held}) => ({
      channel,
      state: held === undefined ? outcome : `${held.kind}: ${held.words}`,
      at,
    })),
  }
}
