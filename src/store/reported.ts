import type {DatabaseSync} from 'node:sqlite'
import type {Reported, ReportedStore} from '../alerts/intake/reported.ts'
import {transaction} from './transaction.ts'

interface ReportedRecord {
  readonly doc: string
}

/** Alerts that others told of: one row each. */
export function reportedStore(database: DatabaseSync): ReportedStore {
  const since = database.prepare('SELECT doc FROM reported WHERE over = 0 OR at >= ? ORDER BY id')
  const one = database.prepare('SELECT doc FROM reported WHERE id = ?')
  const open = database.prepare('SELECT count(*) AS count FROM reported WHERE source = ? AND over = 0')
  const write = database.prepare(
    `INSERT INTO reported (id, source, at, over, doc) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET at = excluded.at, over = excluded.over, doc = excluded.doc`,
  )
  const forget = database.prepare('DELETE FROM reported WHERE over = 1 AND at < ?')
  return {
    since: endedSince =>
      (since.all(endedSince) as unknown as ReportedRecord[]).map(({doc}) => JSON.parse(doc) as Reported),
    get(id) {
      const record = one.get(id) as unknown as ReportedRecord | undefined
      return record && (JSON.parse(record.doc) as Reported)
    },
    save: reported =>
      transaction(database, () => {
        for (const each of reported) write.run(each.id, each.source, each.at, each.over ? 1 : 0, JSON.stringify(each))
      }),
    openCount: source => (open.get(source) as {readonly count: number}).count,
    forget: endedBefore => void forget.run(endedBefore),
  }
}
