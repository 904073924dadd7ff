import type {Break, JournalsCompared} from '../audit/chain.ts'
import type {AuditRecord} from '../audit/record.ts'
import {compareJournal, journalFound} from '../runs/compare-journal.ts'
import {checkJournal, type JournalCheck, type JournalDifference, type JournalVerdict} from '../runs/journal-check.ts'
import type {StoredRun} from '../runs/ports.ts'

export interface JournalsVerification {
  readonly breaks: readonly Break[]
  readonly journals: JournalsCompared
}

export interface JournalsCheck {
  take(record: AuditRecord): void
  end(): JournalsVerification
}

/** Of one run; the differences where there are some. */
type Verdict = 'gone' | 'as recorded' | 'no digests' | readonly JournalDifference[]

type Trail = Parameters<typeof compareJournal>[1]

/** Compares the journals of all runs with the trail while that is read; keeps only what is needed of runs not ended yet. */
export function checkJournals(runOf: (id: string) => StoredRun | undefined, trail: Trail): JournalsCheck {
  const open = new Map<string, JournalCheck>()
  /** Of runs that have ended: what is wrong with them, nothing for most. */
  const ended = new Map<string, Verdict>()
  const again = new Set<string>()
  const judge = (id: string, check: JournalCheck, mayRun: boolean): void => {
    const stored = runOf(id)
    if (!stored?.exists()) return void ended.set(id, 'gone')
    let verdict: JournalVerdict = check.end(journalFound(stored))
    // It may have gone on since the trail was read.
    if (mayRun && verdict.state === 'different') verdict = compareJournal(stored, trail)
    ended.set(id, verdict.state === 'different' ? verdict.differences : verdict.state)
  }
  /** Its runner died after it had told the trail of the end, and it was resumed: only the whole trail tells of it. */
  const judgeAgain = (id: string): void => {
    const stored = runOf(id)
    if (!stored?.exists()) return void ended.set(id, 'gone')
    const {state, differences} = compareJournal(stored, trail)
    ended.set(id, state === 'different' ? differences : state)
  }
  return {
    take: record => {
      const {run, action, phase} = record
      if (run === undefined) return
      if (ended.has(run)) {
        if (record.journal) again.add(run)
        return
      }
      const check = open.get(run) ?? checkJournal()
      check.take(record)
      open.set(run, check)
      if (action !== 'run ended' || phase !== 'outcome') return
      judge(run, check, false)
      open.delete(run)
    },
    end: () => {
      for (const run of again) judgeAgain(run)
      for (const [run, check] of open) if (check.began()) judge(run, check, true)
      return summaryOf(ended)
    },
  }
}

function summaryOf(verdicts: ReadonlyMap<string, Verdict>): JournalsVerification {
  const breaks: Break[] = []
  const gone: string[] = []
  let [asRecorded, withoutDigests] = [0, 0]
  for (const [id, verdict] of verdicts) {
    if (verdict === 'gone') gone.push(id)
    else if (verdict === 'as recorded') asRecorded += 1
    else if (verdict === 'no digests') withoutDigests += 1
    else
      for (const {detail} of verdict)
        breaks.push({seq: 0, offset: 0, kind: 'journal', detail: `journal of run ${id}: ${detail}`})
  }
  return {breaks, journals: {asRecorded, withoutDigests, gone}}
}
