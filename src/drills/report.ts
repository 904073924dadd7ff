import type {DrillRecord} from '../backups/records.ts'
import {formatBytes} from '../units/bytes.ts'
import {formatDuration} from '../units/duration.ts'
import {DRILL_FORMULA} from './measure.ts'

const time = (at: number | null): string => (at === null ? '–' : new Date(at).toISOString())
const span = (ms: number | null): string => (ms === null ? '–' : formatDuration(ms))
const verdict = (ok: boolean): string => (ok ? 'PASSED' : 'FAILED')

/** One line: verdict, RTO and RPO against their targets. */
export function drillLine(record: DrillRecord): string {
  return `${verdict(record.ok)}: RTO ${span(record.rtoMs)} of ${span(record.targets.rtoMs)}, RPO ${span(record.rpoMs)} of ${span(record.targets.rpoMs)}; ${record.reason}${worldWords(record)}`
}

/** A proof is one of the world that it was made in. */
function worldWords({world}: DrillRecord): string {
  if (world === null) return ''
  const ran = `; ran as ${world.as} on ${world.where}`
  return world.differs.length === 0 ? ran : `${ran}; on the server of ${world.real}: ${world.differs.join('; ')}`
}

/** The drill as a document. Pure; every value can be computed again from the moments in it. */
export function drillReport(record: DrillRecord): {readonly markdown: string; readonly json: unknown} {
  return {markdown: drillMarkdown(record), json: {...record, formula: DRILL_FORMULA}}
}

function drillMarkdown(record: DrillRecord): string {
  const {targets, proof} = record
  const rows = [
    ['RTO', span(record.rtoMs), span(targets.rtoMs), met(record.rtoMs, targets.rtoMs)],
    ['RPO', span(record.rpoMs), span(targets.rpoMs), met(record.rpoMs, targets.rpoMs)],
    [
      'Copy equal to the backup',
      proof === null ? 'not compared' : proof.reason,
      'every table',
      proof?.ok === true ? 'yes' : 'no',
    ],
  ]
  const lines = [
    `# Restore drill of ${record.backup} (${record.environment})`,
    '',
    `**${verdict(record.ok)}**: ${record.reason}.`,
    '',
    '| objective | measured | target | met |',
    '|---|---|---|---|',
    ...rows.map(row => `| ${row.map(cell).join(' | ')} |`),
    '',
    `- Run: ${record.run}, ${time(record.startedAt)} to ${time(record.endedAt)}`,
    `- Backup: ${record.id} (${record.pick}), snapshot of ${time(record.takenAt)}, ` +
      `${formatBytes(record.storedBytes)} stored, database of ${formatBytes(record.databaseBytes)}`,
    ...(record.takenAt === record.newestTakenAt
      ? []
      : [`- Newest usable backup: snapshot of ${time(record.newestTakenAt)}`]),
    '',
    ...worldLines(record),
    '| phase | took | part of RTO |',
    '|---|---|---|',
    ...record.phases.map(phase => `| ${cell(phase.name)} | ${span(phase.ms)} | ${phase.inRto ? 'yes' : 'no'} |`),
    '',
    '## How it is measured',
    '',
    `RTO = ${DRILL_FORMULA.rto} = ${time(record.firstWriteAt)} − ${time(record.startedAt)}`,
    '',
    `RPO = ${DRILL_FORMULA.rpo} = ${time(record.startedAt)} − ${time(record.newestTakenAt)}`,
    '',
  ]
  return lines.join('\n')
}

function worldLines({world}: DrillRecord): readonly string[] {
  if (world === null) return []
  const differs = world.differs.length === 0 ? ['nothing that is known'] : world.differs
  return [
    `It ran as ${world.as} on ${world.where}. What is different on the server of ${world.real}:`,
    '',
    ...differs.map(text => `- ${text}`),
    '',
  ]
}

const met = (value: number | null, target: number): string => (value !== null && value <= target ? 'yes' : 'no')
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ')
