import type {DatabaseSync} from 'node:sqlite'
import type {Reading, ReadingStore} from '../alerts/alertmanagers/reading.ts'

interface ReadingRecord {
  readonly doc: string
}

/** What Alertmanagers said last: one row each. */
export function readingStore(database: DatabaseSync): ReadingStore {
  const all = database.prepare('SELECT doc FROM reading ORDER BY source')
  const write = database.prepare(
    `INSERT INTO reading (source, at, doc) VALUES (?, ?, ?)
     ON CONFLICT (source) DO UPDATE SET at = excluded.at, doc = excluded.doc WHERE excluded.at >= reading.at`,
  )
  return {
    all: () => (all.all() as unknown as ReadingRecord[]).map(({doc}) => readReading(doc)),
    save: reading => void write.run(reading.source, reading.triedAt, JSON.stringify(reading)),
  }
}

function readReading(doc: string): Reading {
  const {at, problem, version, silencesProblem, ...reading} = JSON.parse(doc) as Reading
  return {...reading, at, problem, version, silencesProblem}
}
