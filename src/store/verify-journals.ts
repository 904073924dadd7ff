import type {Break, JournalsCompared} from '../audit/chain.ts'
import type {AuditRecord} from '../audit/record.ts'
import {compareJournal, journalFound} from '../runs/compare-journal.ts'
import {checkJournal, type JournalCheck, type JournalVerdict} from '../runs/journal-check.ts'
import type {StoredRun} from '../runs/ports.ts'

export interface JournalsVerification {
  readonly breaks: readonly Break[]
  readonly journals: JournalsCompared
}

export interface JournalsCheck {
  take(record: AuditRecord): void
  end(): JournalsVerification
}

type Trail = Parameters<typeof compareJournal>[1]

/** Compares the journals of all runs with the trail while that is read; keeps only what is needed of runs not ended yet. */
export function checkJournals(runOf: (id: string) => StoredRun | undefined, trail: Trail): JournalsCheck {
  const open = new Map<string, JournalCheck>()
  const ended = new Set<string>()
  const breaks: Break[] = []
  const gone: string[] = []
  let [asRecorded, withoutDigests] = [0, 0]
  const judge = (id: string, check: JournalCheck, mayRun: boolean): void => {
    const stored = runOf(id)
    if (!stored?.exists()) return void gone.push(id)
    let verdict: JournalVerdict = check.end(journalFound(stored))
    // It may have gone on since the trail was read.
    if (mayRun && verdict.state === 'different') verdict = compareJournal(stored, trail)
    if (verdict.state === 'as recorded') asRecorded += 1
    if (verdict.state === 'no digests') withoutDigests += 1
    for (const {detail} of verdict.differences)
      breaks.push({seq: 0, offset: 0, kind: 'journal', detail: `journal of run ${id}: ${detail}`})
  }
  return {
    take: record => {
      const {run, action, phase} = record
      if (run === undefined || ended.has(run)) return
      const check = open.get(run) ?? checkJournal()
      check.take(record)
      open.set(run, check)
      if (action !== 'run ended' || phase !== 'outcome') return
      judge(run, check, false)
      open.delete(run)
      ended.add(run)
    },
    end: () => {
      for (const [run, check] of open) if (check.began()) judge(run, check, true)
      return {breaks, journals: {asRecorded, withoutDigests, gone}}
    },
  }
}
