import type {AuditRecord} from '../../audit/record.ts'
import type {Command} from '../command.ts'
import {alignColumns} from '../runs/table.ts'
import {queryFlags, readQuery} from './query.ts'

export const command: Command = {
  name: 'audit list',
  summary: 'List the audit trail: who did what, to what, why, and what came of it',
  flags: queryFlags,
  run: async ({flags}, context) => {
    const records = context.audit().list({limit: 200, ...readQuery(flags, context.clock.now())})
    return {data: records, text: auditText(records)}
  },
}

export function auditText(records: readonly AuditRecord[]): string {
  if (records.length === 0) return 'No record.'
  return alignColumns([
    ['SEQ', 'TIME', 'WHO', 'FROM', 'ACTION', 'TARGET', 'WHAT CAME OF IT'],
    ...records.map(record => [
      String(record.seq),
      new Date(record.at).toISOString().slice(0, 19).replace('T', ' '),
      `${record.actor.name}/${record.actor.evidence}`,
      record.actor.from,
      record.phase === 'intent' ? `${record.action}…` : record.action,
      record.target,
      whatCame(record),
    ]),
  ])
}

const whatCame = (record: AuditRecord): string =>
  [record.outcome, record.command && `$ ${record.command}`, record.reason].filter(Boolean).join(' · ')
