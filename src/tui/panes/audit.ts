import {named} from '../../identity/named.ts'
import type {AuditRecord} from '../../audit/record.ts'
import type {Actor} from '../../identity/actor.ts'
import {blank, span} from '../layout/line.ts'
import {absolute, clockTime, shortAge} from '../components/age.ts'
import {facts, heading, paragraph} from '../components/facts.ts'
import type {Column} from '../components/table.ts'
import type {World} from '../state/world.ts'
import {definePane} from './pane.ts'

const GLYPHS = {intent: '▸', outcome: '✓', decision: '◆'} as const
const bad = (record: AuditRecord): boolean => /fail|refus|denied|abort/.test(record.outcome ?? '')

const columns: readonly Column<AuditRecord>[] = [
  {title: 'SEQ', width: 6, align: 'right', rank: 4, cell: record => [span(String(record.seq), 'dim')]},
  {title: 'WHEN', width: 8, rank: 1, cell: (record, now) => whenCell(record, now)},
  {title: 'WHO', width: 8, grow: 1, max: 16, rank: 2, cell: record => named(record.actor)},
  {
    title: 'ACTION',
    width: 14,
    grow: 1,
    max: 26,
    rank: 1,
    cell: record => [
      span(`${bad(record) ? '✘' : GLYPHS[record.phase]} `, bad(record) ? 'bad' : 'accent'),
      span(record.action),
    ],
  },
  {title: 'TARGET', width: 10, grow: 2, max: 40, rank: 3, cell: record => record.target},
  {
    title: 'OUTCOME',
    width: 9,
    grow: 1,
    max: 20,
    rank: 5,
    cell: record => [span(record.outcome ?? '–', bad(record) ? 'bad bold' : 'plain')],
  },
  {title: 'WHY', width: 10, grow: 2, rank: 6, cell: record => [span(record.reason ?? '', 'dim')]},
]

const whenCell = (record: AuditRecord, now: number): string =>
  absolute(record.at).slice(0, 10) === absolute(now).slice(0, 10)
    ? clockTime(record.at)
    : `${shortAge(record.at, now)} ago`

/** How well the name is known. */
function evidenceOf({evidence, uid, loginUid}: Actor): string {
  const account = loginUid === undefined ? `uid ${uid}, no login: whoever uses this account` : `uid ${uid}`
  switch (evidence) {
    case 'kernel':
      return `identity verified by the OS (${account})`
    case 'sshd':
      return `identity verified by sshd (${account})`
    default:
      return `identity claimed by the environment (${account})`
  }
}

export const auditPane = definePane({
  noun: 'audit',
  title: 'Audit',
  letter: 't',
  aliases: ['trail'],
  key: 'A',
  many: 'audit records',
  onOverview: false,
  one: 'record',
  empty: 'The audit trail is empty.',
  rows: (world: World): readonly AuditRecord[] => world.audit,
  id: record => String(record.seq),
  name: record => `record ${record.seq}`,
  search: record =>
    `${record.seq} ${record.actor.name} ${record.action} ${record.target} ${record.outcome ?? ''} ${record.reason ?? ''} ${record.command ?? ''} ${record.run ?? ''}`,
  columns,
  copy: record => JSON.stringify(record),
  values: {actor: record => record.actor.name, target: record => record.target, run: record => record.run},
  details: (record, view) => {
    const {actor} = record
    return [
      ...facts(
        [
          ['action', `${record.action} (${record.phase})`],
          ['target', record.target],
          ['who', [span(actor.name, 'bold')]],
          ['', evidenceOf(actor)],
          ['from', `${actor.from} on ${actor.host}`],
          ['ssh key', actor.sshKey],
          ['when', absolute(record.at)],
          ['why', record.reason],
          [
            'outcome',
            record.outcome === undefined ? undefined : [span(record.outcome, bad(record) ? 'bad bold' : 'plain')],
          ],
          ['run', record.run === undefined ? undefined : `${record.run}${record.step ? `, step ${record.step}` : ''}`],
          ['environment', record.environment],
          ['previous hash', record.prev],
        ],
        view.width,
      ),
      ...(record.command === undefined
        ? []
        : [blank, heading('Command'), ...paragraph(record.command, view.width, 'accent')]),
      ...(record.detail === undefined
        ? []
        : [blank, heading('Detail'), ...paragraph(JSON.stringify(record.detail), view.width, 'dim')]),
    ]
  },
})
