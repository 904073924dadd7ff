import {evidenceWord} from '../../identity/named.ts'
import {isDate} from '../../audit/chain.ts'
import type {AuditRecord} from '../../audit/record.ts'
import type {Command, CommandContext} from '../command.ts'
import {alignColumns} from '../runs/table.ts'
import {pageFlags, pageWords, readPage, rowsOfPage, withPageWords} from '../page.ts'
import {queryFlags, readQuery} from './query.ts'

export const command: Command = {
  name: 'audit list',
  summary: 'List the audit trail: who did what, to what, why, and with what outcome',
  flags: {...queryFlags, ...pageFlags('default 200, the newest last')},
  run: async ({flags}, context) => {
    const page = readPage(flags, 200)
    const query = readQuery(flags, context.clock.now())
    const {limit: _, ...narrowed} = query
    const newestFirst = context
      .audit()
      .list({...query, limit: page.page * page.limit + 1})
      .toReversed()
    const records = rowsOfPage(newestFirst, page).toReversed()
    // Records are numbered without a gap from 1; how many answer a query is known when all of them were read.
    const more = newestFirst.length > page.page * page.limit ? 'more' : 'no more'
    const total = Object.keys(narrowed).length === 0 ? (newestFirst[0]?.seq ?? 0) : more
    const text = withPageWords(auditText(records), pageWords(page, records.length, total))
    return {data: records, text: [text, ...brokenNotice(context)].join('\n')}
  },
}

/** What cannot be read, or be believed, is not among the records: that is said. */
function brokenNotice(context: CommandContext): readonly string[] {
  const broken = context.brokenTrail()
  return broken === undefined ? [] : ['', `! ${broken}. \`opsconsole audit verify\` names every break.`]
}

export function auditText(records: readonly AuditRecord[]): string {
  if (records.length === 0) return 'No record.'
  return alignColumns([
    ['SEQ', 'TIME', 'WHO', 'FROM', 'ACTION', 'TARGET', 'OUTCOME'],
    ...records.map(record => [
      String(record.seq),
      timeOf(record.at),
      `${record.actor.name}/${evidenceWord(record.actor)}`,
      record.actor.from,
      record.phase === 'intent' ? `${record.action}…` : record.action,
      record.target,
      whatCame(record),
    ]),
  ])
}

/** Also of a time that was tampered with. */
const timeOf = (at: number): string =>
  isDate(at) ? new Date(at).toISOString().slice(0, 19).replace('T', ' ') : 'no date'

const whatCame = (record: AuditRecord): string =>
  [record.outcome, record.command && `$ ${record.command}`, record.reason].filter(Boolean).join(' · ')
