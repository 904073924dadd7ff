import {createHash} from 'node:crypto'
import type {AuditRecord} from '../audit/record.ts'
import {bootId} from '../processes/identity.ts'
import {canonical} from '../runbooks/plan-hash.ts'
import type {RunRequest} from '../runbooks/ports.ts'
import {checkJournal, type JournalFound, type JournalVerdict} from './journal-check.ts'
import type {StoredRun} from './ports.ts'

type Kept = Pick<StoredRun, 'id' | 'lines' | 'request'>

/** A run that is written meanwhile is looked at again, as often. */
const LOOKS = 5

/** Compares the journal of a run, and what was asked for, with what the trail kept of them. */
export function compareJournal(
  stored: Kept,
  trail: {list(query: {readonly run: string}): readonly AuditRecord[]},
): JournalVerdict {
  for (let look = 1; ; look += 1) {
    const before = [...stored.lines()].length
    const check = checkJournal()
    for (const record of trail.list({run: stored.id})) check.take(record)
    const found = journalFound(stored)
    if (found.lines.length === before || look === LOOKS) return check.end(found)
  }
}

export const journalFound = (stored: Kept): JournalFound => ({
  lines: [...stored.lines()],
  request: readQuietly(stored),
  isOfThisBoot: process => process.bootId === bootId(),
})

/** What was asked for as the trail keeps it. */
export const requestDigest = (request: RunRequest): string =>
  createHash('sha256')
    .update(canonical(JSON.parse(JSON.stringify(request))))
    .digest('hex')

function readQuietly({request}: Kept): string | undefined {
  try {
    return requestDigest(request())
  } catch {
    return undefined
  }
}
