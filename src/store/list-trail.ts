import {closeSync, openSync} from 'node:fs'
import {parse} from '../audit/chain.ts'
import {matchesQuery} from '../audit/query.ts'
import type {AuditQuery, AuditRecord} from '../audit/record.ts'
import {scanLog} from './scan-log.ts'
import {stateError} from './state-error.ts'

/** What can be read of the trail, without keeping more of it than is wanted. */
export function listRecords(file: string, query: AuditQuery = {}): readonly AuditRecord[] {
  const found: AuditRecord[] = []
  const limit = query.limit ?? Number.POSITIVE_INFINITY
  const descriptor = openForReading(file)
  if (descriptor === undefined) return found
  try {
    for (const {kind, bytes} of scanLog(descriptor)) {
      if (kind !== 'record') continue
      const line = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      if (query.run !== undefined && !line.includes(query.run)) continue
      const record = parse(line.toString('utf8', 18))
      if (record && matchesQuery(record, query)) found.push(record)
      if (found.length >= limit * 2) found.splice(0, found.length - limit)
    }
    return found.slice(-limit)
  } finally {
    closeSync(descriptor)
  }
}

function openForReading(file: string): number | undefined {
  try {
    return openSync(file, 'r')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw stateError('read', file, cause, {code: 'state/damaged'})
  }
}
