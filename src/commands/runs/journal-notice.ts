import {EXIT, type ExitCode} from '../../errors.ts'
import {journalNotice} from '../../runs/admit-journal.ts'
import type {JournalVerdict} from '../../runs/journal-check.ts'
import type {CommandContext} from '../command.ts'

/** Says what a person must know of the journal that they look at. */
export function sayJournal(context: Pick<CommandContext, 'engine' | 'err'>, run: string): JournalVerdict {
  const verdict = context.engine().compareJournal(run)
  const notice = journalNotice(run, verdict)
  if (notice !== undefined) context.err(notice.replaceAll(/^/gm, '! ') + '\n')
  return verdict
}

/** What cannot be believed has an exit code of its own. */
export const exitOfJournal = ({state}: JournalVerdict): ExitCode | undefined =>
  state === 'different' ? EXIT.untrusted : undefined

/** A run of an older version is taken up all the same, but that is said. Differences are refused by the run itself. */
export function sayOldJournal(context: Pick<CommandContext, 'engine' | 'err'>, run: string): void {
  const verdict = context.engine().compareJournal(run)
  const notice = verdict.state === 'different' ? undefined : journalNotice(run, verdict)
  if (notice !== undefined) context.err(`! ${notice}\n`)
}
