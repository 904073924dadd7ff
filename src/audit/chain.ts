import {createHash} from 'node:crypto'
import type {AuditRecord} from './record.ts'

/** What the first record points at. */
export const GENESIS = '0'.repeat(64)

/** Hash of a record: SHA-256 over the exact bytes of its line on disk, header included. */
export function recordHash(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

export type Break = {
  readonly seq: number
  readonly offset: number
  readonly kind: 'edited' | 'missing' | 'reordered' | 'torn tail' | 'unreadable'
  readonly detail: string
}

export interface Verification {
  readonly verdict: 'VERIFIED' | 'TAMPERED' | 'INCOMPLETE' | 'CANNOT VERIFY'
  readonly records: number
  readonly firstAt: number | undefined
  readonly lastAt: number | undefined
  /** Hash of the last whole record: what an anchor would keep. */
  readonly head: string
  readonly size: number
  readonly breaks: readonly Break[]
}

/** One line of the log as it was read. */
export interface ChainLine {
  readonly offset: number
  readonly bytes: Uint8Array
  readonly payload: string
}

/** Checks order and links of lines that already passed their checksums. */
export function verifyChain(lines: Iterable<ChainLine>): Omit<Verification, 'verdict' | 'size'> {
  let previous = GENESIS
  let expected = 1
  let firstAt: number | undefined
  let lastAt: number | undefined
  let records = 0
  const breaks: Break[] = []
  for (const line of lines) {
    const record = parse(line.payload)
    records += 1
    if (!record) {
      breaks.push({
        seq: expected,
        offset: line.offset,
        kind: 'unreadable',
        detail: 'the record is not JSON of version 1',
      })
      previous = recordHash(line.bytes)
      expected += 1
      continue
    }
    if (record.seq !== expected) {
      const kind = record.seq > expected ? 'missing' : 'reordered'
      breaks.push({
        seq: expected,
        offset: line.offset,
        kind,
        detail: `expected record ${expected}, found ${record.seq}`,
      })
    } else if (record.prev !== previous) {
      breaks.push({
        seq: record.seq - 1,
        offset: line.offset,
        kind: 'edited',
        detail: `record ${record.seq} points at ${record.prev.slice(0, 12)}…, the record before it is ${previous.slice(0, 12)}…`,
      })
    }
    firstAt ??= record.at
    lastAt = record.at
    previous = recordHash(line.bytes)
    expected = record.seq + 1
  }
  return {records, firstAt, lastAt, head: previous, breaks}
}

export function parse(payload: string): AuditRecord | undefined {
  try {
    const value = JSON.parse(payload) as AuditRecord
    return value.v === 1 && Number.isSafeInteger(value.seq) && typeof value.prev === 'string' ? value : undefined
  } catch {
    return undefined
  }
}
