import type {DatabaseSync} from 'node:sqlite'
import type {Silence} from '../alerts/routing/silence.ts'
import type {SilenceStore} from '../alerts/routing/silence-store.ts'

interface SilenceRecord {
  readonly doc: string
}

/** Silences in the store: one row each, its end in a column of its own, so that ended ones cost nothing. */
export function silenceStore(database: DatabaseSync): SilenceStore {
  const since = database.prepare('SELECT doc FROM silence WHERE ends IS NULL OR ends > ? ORDER BY id')
  const one = database.prepare('SELECT doc FROM silence WHERE id = ?')
  const write = database.prepare(
    `INSERT INTO silence (id, ends, doc) VALUES (?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET ends = excluded.ends, doc = excluded.doc`,
  )
  const forget = database.prepare('DELETE FROM silence WHERE ends <= ?')
  const read = ({doc}: SilenceRecord): Silence => {
    const {endsAt, ...silence} = JSON.parse(doc) as Omit<Silence, 'endsAt'> & Partial<Silence>
    return {...silence, endsAt}
  }
  const put = (silence: Silence, endsAt: number | undefined): void =>
    void write.run(silence.id, endsAt ?? null, JSON.stringify(silence))
  return {
    since: endedAfter => (since.all(endedAfter) as unknown as SilenceRecord[]).map(read),
    add: silence => put(silence, silence.endsAt),
    expire(id, expired) {
      const record = one.get(id) as unknown as SilenceRecord | undefined
      const silence = record && read(record)
      const over = silence === undefined || silence.expired !== undefined || (silence.endsAt ?? Infinity) <= expired.at
      if (over) return false
      put({...silence, expired}, expired.at)
      return true
    },
    forget: endedBefore => void forget.run(endedBefore),
  }
}
