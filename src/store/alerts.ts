import type {DatabaseSync} from 'node:sqlite'
import type {Acknowledgement, AlertStore} from '../alerts/alert-store.ts'
import type {Alert} from '../alerts/state.ts'
import {onlyIf, transaction} from './transaction.ts'

interface AlertRecord {
  readonly doc: string
  readonly acknowledged: string | null
}

interface KeyedRecord extends AlertRecord {
  readonly id: string
}

interface ReadAlert {
  readonly record: AlertRecord
  readonly alert: Alert
}

/** The same object for the same text: of hundreds one or two change at a time. */
const parsed = (record: AlertRecord, before: ReadAlert | undefined): ReadAlert =>
  before?.record.doc === record.doc && before.record.acknowledged === record.acknowledged
    ? before
    : {record, alert: readAlert(record)}

const changedAt = ({resolvedAt, since}: Pick<Alert, 'resolvedAt' | 'since'>): number => resolvedAt ?? since

/**
 * Alerts in the store: one row each, the acknowledgement in a column of its own, so two writers never clash. Whoever watches
 * saves only while it does: `mayWrite` is asked in the transaction.
 */
export function alertStore(database: DatabaseSync, mayWrite?: () => boolean): AlertStore {
  const open = database.prepare(
    `SELECT id, doc, acknowledged FROM alert WHERE state IN ('pending', 'firing')
     UNION ALL SELECT id, doc, acknowledged FROM alert WHERE state = 'resolved' AND changed >= ?`,
  )
  const changes = database.prepare('SELECT count FROM alert_changes')
  let read: {readonly count: number; readonly from: number; readonly alerts: ReadonlyMap<string, ReadAlert>} | undefined
  /** All that is open or was resolved since then, and perhaps earlier. Read again when any alert was written since, by whomever. */
  const readSince = (from: number): ReadonlyMap<string, ReadAlert> => {
    const {count} = changes.get() as {count: number}
    if (read?.count === count && from >= read.from) return read.alerts
    const known = read?.alerts
    const records = open.all(from) as unknown as readonly KeyedRecord[]
    const alerts = new Map(records.map(record => [record.id, parsed(record, known?.get(record.id))]))
    read = {count, from, alerts}
    return alerts
  }
  const one = database.prepare('SELECT doc, acknowledged FROM alert WHERE id = ?')
  const write = database.prepare(
    `INSERT INTO alert (id, state, changed, doc) VALUES (?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET state = excluded.state, changed = excluded.changed, doc = excluded.doc,
       acknowledged = CASE WHEN coalesce(json_extract(excluded.doc, '$.episode'), json_extract(excluded.doc, '$.since'))
         = coalesce(json_extract(alert.doc, '$.episode'), json_extract(alert.doc, '$.since')) THEN alert.acknowledged END`,
  )
  const remove = database.prepare('DELETE FROM alert WHERE id = ?')
  const acknowledge = database.prepare(
    `UPDATE alert SET acknowledged = ? WHERE id = ? AND state IN ('pending', 'firing')`,
  )
  const forget = database.prepare(`DELETE FROM alert WHERE state = 'resolved' AND changed < ?`)
  return {
    since: resolvedSince =>
      [...readSince(resolvedSince).values()].flatMap(({alert}) =>
        alert.state === 'resolved' && changedAt(alert) < resolvedSince ? [] : [alert],
      ),
    get(id) {
      const record = one.get(id) as unknown as AlertRecord | undefined
      return record && readAlert(record)
    },
    save: (alerts, removed) =>
      transaction(database, () => {
        onlyIf(mayWrite)
        for (const {acknowledged: _, ...alert} of alerts)
          write.run(alert.id, alert.state, changedAt(alert), JSON.stringify(alert))
        for (const id of removed) remove.run(id)
      }),
    acknowledge: (id, acknowledgement) => acknowledge.run(JSON.stringify(acknowledgement), id).changes > 0,
    forget(resolvedBefore) {
      forget.run(resolvedBefore)
    },
  }
}

function readAlert({doc, acknowledged}: AlertRecord): Alert {
  const alert = JSON.parse(doc) as Omit<Alert, 'acknowledged' | 'firedAt' | 'resolvedAt'> & Partial<Alert>
  return {
    ...alert,
    firedAt: alert.firedAt,
    resolvedAt: alert.resolvedAt,
    acknowledged: acknowledged === null ? undefined : (JSON.parse(acknowledged) as Acknowledgement),
  }
}
