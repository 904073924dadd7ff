import {evidenceWord} from '../../identity/named.ts'
import {isDate} from '../../audit/chain.ts'
import type {AuditRecord} from '../../audit/record.ts'
import type {Command, CommandContext} from '../command.ts'
import {alignColumns} from '../runs/table.ts'
import {queryFlags, readQuery} from './query.ts'

export const command: Command = {
  name: 'audit list',
  summary: 'List the audit trail: who did what, to what, why, and with what outcome',
  flags: queryFlags,
  run: async ({flags}, context) => {
    const records = context.audit().list({limit: 200, ...readQuery(flags, context.clock.now())})
    return {data: records, text: [auditText(records), ...brokenNotice(context)].join('\n')}
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
