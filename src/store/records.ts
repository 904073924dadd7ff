import type {DatabaseSync} from 'node:sqlite'
import type {Records} from '../kinds/records.ts'
import {transaction} from './transaction.ts'

/** Records in the store, one row each. The store is opened by the first that is read. */
export function targetRecords(open: () => DatabaseSync): Records {
  const read = (target: string): unknown => {
    const row = open().prepare('SELECT doc FROM record WHERE target = ?').get(target)
    return row && (JSON.parse((row as {readonly doc: string}).doc) as unknown)
  }
  return {
    read,
    change(target, next) {
      const database = open()
      // Samples may be lost with the power; that something was begun may not.
      database.exec('PRAGMA synchronous = FULL')
      try {
        return transaction(database, () => {
          const {kept, result} = next(read(target))
          database
            .prepare(
              'INSERT INTO record (target, doc) VALUES (?, ?) ON CONFLICT (target) DO UPDATE SET doc = excluded.doc',
            )
            .run(target, JSON.stringify(kept))
          return result
        })
      } finally {
        database.exec('PRAGMA synchronous = NORMAL')
      }
    },
  }
}
