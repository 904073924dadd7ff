import {JOURNAL_ACCEPTED} from '../audit/anchor.ts'
import {OpsError} from '../errors.ts'
import {record} from '../runbooks/into-trail.ts'
import type {Journal, RunRequest} from '../runbooks/ports.ts'
import {compareJournal} from './compare-journal.ts'
import type {RunsContext} from './context.ts'
import type {JournalVerdict} from './journal-check.ts'
import type {StoredRun} from './ports.ts'

/**
 * A run is resumed by what its journal says, so that must be what the trail says too. Raises `run/altered`, unless a person
 * has typed why they continue; then that is in the trail first.
 */
export function admitJournal(
  context: Pick<RunsContext, 'audit'>,
  stored: StoredRun,
  taken: {readonly request: RunRequest; readonly journal: Journal; readonly accept: string | undefined},
): void {
  const {request, journal, accept} = taken
  const {differences} = compareJournal(stored, context.audit())
  if (differences.length === 0) return
  const details = differences.map(({detail}) => detail)
  if (accept === undefined)
    throw new OpsError('run/altered', alteredText(request.run, details), {
      hint: 'Find out who changed it, and put the journal back. To continue by what it says now, say why: --accept-journal REASON, which is recorded.',
    })
  record(
    {audit: context.audit(), journal, request},
    {
      action: JOURNAL_ACCEPTED,
      phase: 'decision',
      target: request.plan.runbook,
      reason: accept,
      detail: {differences: details},
    },
  )
}

/** Nobody approves what was edited before they saw it: what is approved is the hash, what they see is the journal. */
export function refuseEdited(context: Pick<RunsContext, 'audit'>, stored: StoredRun): void {
  const {differences} = compareJournal(stored, context.audit())
  if (differences.length === 0) return
  const details = differences.map(({detail}) => detail)
  throw new OpsError('run/altered', alteredText(stored.id, details), {
    hint: 'What is shown is not what was asked for: find out who changed it, and start it again.',
  })
}

/** What differs, a line each. */
export const alteredText = (run: string, details: readonly string[]): string =>
  [`the journal of run ${run} is not what the audit trail says`, ...details].join('\n')

/** What a person must know of a run whose journal was compared; undefined: it is as recorded. */
export function journalNotice(run: string, {state, differences, lost}: JournalVerdict): string | undefined {
  if (state === 'different')
    return alteredText(
      run,
      differences.map(({detail}) => detail),
    )
  if (state === 'no digests')
    return `the journal of run ${run} cannot be compared with the audit trail: it was written by a version that kept no digests there`
  return lost > 0 ? `the last ${lost} records of run ${run} were not on disk yet when the machine failed` : undefined
}
