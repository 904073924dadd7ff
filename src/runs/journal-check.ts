import {createHash} from 'node:crypto'
import {HASH_LENGTH, JOURNAL_ACCEPTED, type JournalAnchor} from '../audit/anchor.ts'
import type {AuditRecord} from '../audit/record.ts'
import type {ProcessIdentity} from '../processes/identity.ts'
import {
  type JournalLine,
  journalSays,
  readJournalLine,
  type TrailWord,
  trailSays,
  whyNotAfter,
} from './journal-words.ts'

/** One thing in which a journal is not what the trail says, in words for people. */
export interface JournalDifference {
  /** Number of the journal's record, from 1. */
  readonly record: number
  /** What it says and what the trail says. */
  readonly detail: string
}

export interface JournalVerdict {
  /** no digests: the run was written by a version that kept none in the trail. */
  readonly state: 'as recorded' | 'different' | 'no digests'
  readonly differences: readonly JournalDifference[]
  /** Records that came after the last word of the trail and are of kinds that it does not hear of one by one. */
  readonly unanchored: number
  /** Records that a failure of the machine took away before they were on disk. */
  readonly lost: number
}

export interface JournalCheck {
  /** The next record of the trail that is about this run. */
  take(record: AuditRecord): void
  /** Whether the trail says that the run began: one that was only asked for, or refused, has no journal. */
  began(): boolean
  /** What can be said once the trail has no more. */
  end(found: JournalFound): JournalVerdict
}

/** What is on disk of a run, read after the trail: a journal is written after its word in the trail. */
export interface JournalFound {
  readonly lines: readonly Uint8Array[]
  /** Digest of what was asked for; undefined: it cannot be read. */
  readonly request: string | undefined
  /** The machine has not been started again since this process wrote. */
  readonly isOfThisBoot: (process: ProcessIdentity) => boolean
}

/** A place in the journal as the trail expects it. */
interface Expected {
  /** Undefined: covered by a digest, but not named. */
  readonly hash: string | undefined
  readonly by: TrailWord
}

interface Digest {
  readonly records: number
  readonly digest: string
  readonly by: TrailWord
}

/** More differences than this are left to whoever reads the files. */
const MOST_TOLD = 20

/** Action of the record in which a run was asked for; `detail.request` is the digest of that. */
export const REQUESTED = 'run requested'

const NOTHING = {differences: [], unanchored: 0, lost: 0}

/** Compares a journal, record by record, with what the trail kept of it. */
export function checkJournal(): JournalCheck {
  let expected: Expected[] = []
  let next: readonly Expected[] = []
  let digests: Digest[] = []
  let durable = 0
  let [seen, began, dryRun] = [false, false, false]
  let asked: {readonly digest: unknown; readonly by: TrailWord} | undefined
  let last: (TrailWord & Pick<AuditRecord, 'command'>) | undefined
  return {
    take: record => {
      const {action, detail, journal: anchor} = record
      seen = true
      if (action === 'run started') [began, dryRun] = [true, detail?.['dryRun'] === true]
      if (action === REQUESTED && detail?.['request'] !== undefined)
        asked = {digest: detail['request'], by: wordOf(record)}
      if (!anchor) return
      const by = wordOf(record)
      last = record.command === undefined ? by : {...by, command: record.command}
      if (action === JOURNAL_ACCEPTED) [expected, next, digests] = [[], [], []]
      const from = Math.min(expected.length, anchor.records)
      expected.length = from
      expected.push(...arrived(anchor, {from, next, by}))
      durable = anchor.durable ?? anchor.records
      digests.push({records: anchor.records, digest: anchor.digest, by})
      next = (anchor.next?.match(hashes) ?? []).map(hash => ({hash, by}))
    },
    began: () => began,
    end: ({lines, request, isOfThisBoot}) => {
      const journal = lines.map(readJournalLine)
      if (asked && asked.digest !== request)
        return different(`what was asked for is not what is in request.json now: see ${trailSays(asked.by)}`)
      if (!last) {
        if (journal.length === 0 && began) return different('record 1 is missing: the trail says that the run began')
        if (!seen && journal.length > 0) return different('the trail has no record of this run')
        return {...NOTHING, state: journal.length === 0 ? 'as recorded' : 'no digests'}
      }
      // What was announced last need not have been written.
      const wanted = [...expected, ...next]
      const {differences, lost} = align(journal, wanted, {
        written: expected.length,
        durable: mayBeCut(journal, isOfThisBoot) ? durable : expected.length,
      })
      const unanchored = journal.slice(wanted.length)
      if (differences.length === 0) {
        differences.push(...byDigest(lines, digests, lost))
        for (const [index, line] of unanchored.entries()) {
          const why = whyNotAfter(line, last, dryRun)
          if (why !== undefined) differences.push(at(wanted.length + index + 1, why))
        }
      }
      return {
        state: differences.length > 0 ? 'different' : 'as recorded',
        differences: differences.slice(0, MOST_TOLD),
        unanchored: unanchored.length,
        lost,
      }
    },
  }
}

/** Records that were not on disk yet are gone when the machine failed since; else none can be. */
function mayBeCut(journal: readonly JournalLine[], isOfThisBoot: JournalFound['isOfThisBoot']): boolean {
  const runner = journal.findLast(({event}) => event?.type === 'run-started' || event?.type === 'run-resumed')?.event
  return runner !== undefined && 'process' in runner && !isOfThisBoot(runner.process)
}

const at = (record: number, detail: string): JournalDifference => ({record, detail: `record ${record} ${detail}`})

const different = (detail: string): JournalVerdict => ({
  ...NOTHING,
  state: 'different',
  differences: [{record: 1, detail}],
})

const wordOf = ({seq, action, phase, step, outcome, actor}: AuditRecord): TrailWord => ({
  seq,
  action,
  phase,
  actor,
  ...(step === undefined ? {} : {step}),
  ...(outcome === undefined ? {} : {outcome}),
})

/** What came since the anchor before: by its own hash, and in the words of the record that announced it. */
function arrived(
  {records, each}: JournalAnchor,
  {from, next, by}: {readonly from: number; readonly next: readonly Expected[]; readonly by: TrailWord},
): readonly Expected[] {
  const named = each.match(hashes) ?? []
  return Array.from({length: Math.max(0, records - from)}, (_, index) => {
    const announced = next[index]
    const hash = named[from + index - (records - named.length)] ?? announced?.hash
    return announced?.hash === hash && announced ? announced : {hash, by}
  })
}

const hashes = new RegExp(`.{${HASH_LENGTH}}`, 'g')

/** Walks both side by side; where they part, says which record was edited, taken away, added or moved. */
function align(
  journal: readonly JournalLine[],
  expected: readonly Expected[],
  {written, durable}: {readonly written: number; readonly durable: number},
): {readonly differences: JournalDifference[]; readonly lost: number} {
  const differences: JournalDifference[] = []
  let here = 0
  const tell = (detail: string): void => void differences.push(at(here + 1, detail))
  for (let index = 0; index < expected.length; index += 1) {
    const {hash, by} = expected[index] as Expected
    const [line, following] = [journal[here], journal[here + 1]]
    const wants = expected[index + 1]?.hash
    if (line === undefined) {
      if (index >= written) break
      const missing = written - index
      if (differences.length === 0 && index >= durable) return {differences, lost: missing}
      const others = missing > 1 ? ` and ${missing - 1} more` : ''
      tell(`is missing: the journal ends before it, and ${trailSays(by)} names it${others}`)
      break
    }
    if (hash === undefined || line.hash === hash) here += 1
    else if (following?.hash === hash && line.hash === wants) {
      tell(`and the next one changed places: ${trailSays(by)} names them the other way round`)
      here += 2
      index += 1
    } else if (following?.hash === hash) {
      tell(`was added: it says ${journalSays(line)}, of which the trail knows nothing`)
      here += 2
    } else if (line.hash === wants || expected.length - index > journal.length - here) {
      tell(`was taken away: here stands ${journalSays(line)}; ${trailSays(by)} names one before it`)
    } else {
      tell(`was edited: it says ${journalSays(line)}; ${trailSays(by)} names another`)
      here += 1
    }
  }
  return {differences, lost: 0}
}

/** The digests are over everything, also what is not named one by one. */
function byDigest(
  lines: readonly Uint8Array[],
  digests: readonly Digest[],
  lost: number,
): readonly JournalDifference[] {
  const running = createHash('sha256')
  let done = 0
  for (const {records, digest, by} of digests) {
    if (lost > 0 && records > lines.length) return []
    const from = done
    for (; done < records && done < lines.length; done += 1) running.update(lines[done] as Uint8Array)
    if (running.copy().digest('hex') !== digest)
      return [at(from + 1, `or one up to ${records} was edited: their digest is not that of ${trailSays(by)}`)]
  }
  return []
}
