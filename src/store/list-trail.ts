import {statSync} from 'node:fs'
import {parse} from '../audit/chain.ts'
import {matchesQuery} from '../audit/query.ts'
import type {AuditQuery, AuditRecord} from '../audit/record.ts'
import {scanLog} from './scan-log.ts'
import {stateError} from './state-error.ts'
import {newestFirst} from './trail-segments.ts'

/** What can be read of the trail, over all its files, newest last: no more is read, or kept, than is wanted. */
export function listRecords(log: string, query: AuditQuery = {}): readonly AuditRecord[] {
  const limit = query.limit ?? Number.POSITIVE_INFINITY
  let found: readonly AuditRecord[] = []
  try {
    for (const descriptor of newestFirst(log)) {
      found = [...recordsIn(descriptor, query, limit - found.length), ...found]
      if (found.length >= limit) break
    }
    return found
  } catch (cause) {
    throw stateError('read', log, cause, {code: 'state/damaged'})
  }
}

/** What was asked last is answered without reading, as long as nothing was written: a console asks every second. */
export function openTrailReader(log: string): (query?: AuditQuery) => readonly AuditRecord[] {
  let last: {readonly asked: string; readonly records: readonly AuditRecord[]} | undefined
  return query => {
    const asked = JSON.stringify([query, stampOf(log)])
    if (last?.asked !== asked) last = {asked, records: listRecords(log, query)}
    return last.records
  }
}

/** Another one as soon as a record was added, or the file was sealed and a new one begun. */
function stampOf(log: string): readonly number[] {
  try {
    const {ino, size, mtimeMs} = statSync(log)
    return [ino, size, mtimeMs]
  } catch {
    // A trail that is not there is read all the same, and says so.
    return [performance.now()]
  }
}

/** The newest of one file that answer the query. */
function recordsIn(descriptor: number, query: AuditQuery, limit: number): readonly AuditRecord[] {
  const found: AuditRecord[] = []
  for (const {kind, bytes} of scanLog(descriptor)) {
    if (kind !== 'record') continue
    const line = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    if (query.run !== undefined && !line.includes(query.run)) continue
    const record = parse(line.toString('utf8', 18))
    if (record && matchesQuery(record, query)) found.push(record)
    if (found.length >= limit * 2) found.splice(0, found.length - limit)
  }
  return found.slice(-limit)
}
