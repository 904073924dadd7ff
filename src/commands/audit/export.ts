import {isDate} from '../../audit/chain.ts'
import type {AuditRecord} from '../../audit/record.ts'
import {OpsError} from '../../errors.ts'
import type {Command} from '../command.ts'
import {queryFlags, readQuery} from './query.ts'
import {NO_LOGIN} from '../../identity/named.ts'

export const command: Command = {
  name: 'audit export',
  summary: 'Export the audit trail as JSON lines or CSV',
  flags: {...queryFlags, format: {type: 'string', value: 'FORMAT', description: 'jsonl (default) or csv'}},
  run: async ({flags}, context) => {
    const format = flags['format'] ?? 'jsonl'
    if (format !== 'jsonl' && format !== 'csv')
      throw new OpsError('usage/arguments', `--format should be jsonl or csv, got ${JSON.stringify(format)}`)
    const broken = context.brokenTrail()
    if (broken !== undefined) context.err(`! ${broken}. What cannot be read is left out.\n`)
    const records = context.audit().list(readQuery(flags, context.clock.now()))
    return {
      data: records,
      text: format === 'csv' ? csv(records) : records.map(record => JSON.stringify(record)).join('\n'),
    }
  },
}

const COLUMNS = [
  'seq',
  'time',
  'actor',
  'evidence',
  'from',
  'host',
  'action',
  'phase',
  'environment',
  'target',
  'run',
  'step',
  'command',
  'outcome',
  'reason',
  'login',
] as const

export function csv(records: readonly AuditRecord[]): string {
  const rows = records.map(record => {
    const flat: Record<string, unknown> = {
      ...record,
      time: isDate(record.at) ? new Date(record.at).toISOString() : 'no date',
      actor: record.actor.name,
      evidence: record.actor.evidence,
      from: record.actor.from,
      host: record.actor.host,
      login: record.actor.loginUid ?? NO_LOGIN,
    }
    return COLUMNS.map(column => cell(flat[column])).join(',')
  })
  return [COLUMNS.join(','), ...rows].join('\r\n')
}

/**
 * What a spreadsheet would read as a formula: a sign at the beginning, after blanks, or after something by which the
 * spreadsheet may split a cell again; the full-width signs as well.
 */
const FORMULA = /(^|[,;|\t\r\n])([\s\u00a0"']{0,20})(?=[=+\-@\uff1d\uff0b\uff0d\uff20])/g

/** Always one cell: quoted when it must be, and a sign that would begin a formula stands behind an apostrophe. */
export function cell(value: unknown): string {
  const text = value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value)
  const safe = text.replaceAll(FORMULA, "$1$2'")
  return /[",;|\t\r\n']/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
