import type {AuditQuery, AuditRecord} from './record.ts'

/** Whether a record answers a query. */
export function matchesQuery(record: AuditRecord, query: AuditQuery): boolean {
  if (query.run !== undefined && record.run !== query.run) return false
  if (query.actor !== undefined && record.actor.name !== query.actor) return false
  if (query.action !== undefined && !record.action.startsWith(query.action)) return false
  if (query.sinceMs !== undefined && record.at < query.sinceMs) return false
  if (query.untilMs !== undefined && record.at > query.untilMs) return false
  return query.text === undefined || JSON.stringify(record).toLowerCase().includes(query.text.toLowerCase())
}
