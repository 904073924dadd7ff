import type {AlertStore} from './alert-store.ts'
import type {AlertRow} from './rows.ts'
import type {Alert} from './state.ts'

const STATES = ['firing', 'pending', 'resolved'] as const
const SEVERITIES = ['critical', 'warning', 'info'] as const

/** Alerts as they are shown: firing before pending before resolved, the worst and then the newest first. */
export function alertRows(alertStore: Pick<AlertStore, 'since'>, resolvedSince: number): readonly AlertRow[] {
  return [...alertStore.since(resolvedSince)].sort(byUrgency).map(rowOf)
}

function byUrgency(a: Alert, b: Alert): number {
  return (
    STATES.indexOf(a.state) - STATES.indexOf(b.state) ||
    SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
    (b.resolvedAt ?? b.since) - (a.resolvedAt ?? a.since) ||
    (a.id < b.id ? -1 : 1)
  )
}

function rowOf(alert: Alert): AlertRow {
  const {id, rule, severity, target, environment, state, summary, since, firedAt, resolvedAt, acknowledged} = alert
  const ending = state === 'resolved' ? (alert.ending ?? 'resolved') : undefined
  const firesAt = state === 'pending' ? alert.firesAt : undefined
  return {
    id,
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
    runbook: runbookFor(alert),
    deliveries: alert.deliveries.map(({channel, outcome, at, held}) => ({
      channel,
      state: held === undefined ? outcome : `${held.kind}: ${held.words}`,
      at,
    })),
  }
}

/** The shipped runbook that usually helps. */
function runbookFor({rule, name}: Alert): AlertRow['runbook'] {
  switch (rule) {
    case 'backup age':
      return {name: 'backup', params: {backup: name}}
    case 'error rate':
      return {name: 'rollback', params: {release: name}}
    case 'hit rate':
    case 'down':
    case 'degraded':
    case 'no data':
    default:
      return {name: 'diagnose', params: {}}
  }
}
