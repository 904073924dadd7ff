import {createHash, hash} from 'node:crypto'
import {HASH_LENGTH, type JournalAnchor} from '../../audit/anchor.ts'

/** More records since the last anchor are covered by the digest, but not named one by one. */
const MOST_NAMED = 64

export interface JournalDigest {
  /** A record that was written. */
  add(line: Uint8Array): void
  /** All that was written is on disk. */
  synced(): void
  /** What the trail is to keep now; `next`: records that are about to be written. */
  anchor(next?: readonly Uint8Array[]): JournalAnchor
}

/** Hash of one record, as it stands in an anchor. */
export const hashOfLine = (line: Uint8Array): string => hash('sha256', line).slice(0, HASH_LENGTH)

/** Follows a journal while it is written. */
export function followJournal(): JournalDigest {
  const whole = createHash('sha256')
  let records = 0
  let durable = 0
  let unnamed: string[] = []
  return {
    add: line => {
      whole.update(line)
      records += 1
      unnamed.push(hashOfLine(line))
    },
    synced: () => {
      durable = records
    },
    anchor: (next = []) => {
      const each = unnamed.slice(-MOST_NAMED).join('')
      unnamed = []
      return {
        records,
        digest: whole.copy().digest('hex'),
        each,
        ...(next.length === 0 ? {} : {next: next.map(hashOfLine).join('')}),
        ...(durable === records ? {} : {durable}),
      }
    },
  }
}
