import type {BackupRow} from '../../backups/rows.ts'
import {formatBytes} from '../../units/bytes.ts'
import {formatAge, formatDuration} from '../../units/duration.ts'
import type {Command} from '../command.ts'
import {alignColumns} from '../runs/table.ts'
import {stateWords} from '../status/state-words.ts'

export const command: Command = {
  name: 'backups',
  summary: 'Show every backup: age against its objective, newest, size, last drill',
  run: async (_input, context) => {
    const {backups, at} = await context.snapshot()
    return {data: backups, text: backupsText(backups, at)}
  },
}

/** One line a configured backup. */
export function backupsText(rows: readonly BackupRow[], now: number): string {
  if (rows.length === 0) return 'No backup is configured.'
  return alignColumns([
    [
      'STATE',
      'BACKUP',
      'DATABASE',
      'NEWEST GOOD',
      'OBJECTIVE',
      'KEPT',
      'STORED',
      'RESTORE-TESTED',
      'LAST DRILL',
      'REASON',
    ],
    ...rows.map(row => [
      stateWords(row.state),
      row.name,
      row.database,
      row.newest === undefined ? 'none' : formatAge(row.newest.takenAt, now),
      formatDuration(row.rpoMs),
      String(row.total),
      formatBytes(row.totalBytes),
      row.restoreTestedAt === undefined ? 'never' : formatAge(row.restoreTestedAt, now),
      drillText(row.lastDrill, now),
      row.reason,
    ]),
  ])
}

function drillText(drill: BackupRow['lastDrill'], now: number): string {
  if (drill === undefined) return 'never'
  return `${drill.ok ? 'passed' : 'failed'} ${formatAge(drill.at, now)}, RTO ${formatDuration(drill.rtoMs)}`
}
