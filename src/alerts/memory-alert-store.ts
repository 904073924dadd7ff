import type {AlertStore} from './alert-store.ts'
import type {Alert} from './state.ts'

/** An alert store that lasts as long as its process: for rehearsals. */
export function memoryAlertStore(): AlertStore {
  const alerts = new Map<string, Alert>()
  return {
    since: resolvedSince =>
      [...alerts.values()].filter(alert => alert.state !== 'resolved' || (alert.resolvedAt ?? 0) >= resolvedSince),
    get: id => alerts.get(id),
    save(saved, removed) {
      for (const alert of saved) alerts.set(alert.id, alert)
      for (const id of removed) alerts.delete(id)
    },
    acknowledge(id, acknowledged) {
      const alert = alerts.get(id)
      if (alert === undefined || alert.state === 'resolved') return false
      alerts.set(id, {...alert, acknowledged})
      return true
    },
    forget(resolvedBefore) {
      for (const alert of alerts.values())
        if (alert.state === 'resolved' && (alert.resolvedAt ?? 0) < resolvedBefore) alerts.delete(alert.id)
    },
  }
}
