import {nameWith} from '../../identity/named.ts'
import {oneLine} from '../../text/escape.ts'
import {formatAge, formatDuration} from '../../units/duration.ts'
import type {RunRow} from '../../runbooks/rows.ts'

/** Rows of text with aligned columns, the last one as long as it likes. No cell can begin a row of its own. */
export function alignColumns(cells: readonly (readonly string[])[]): string {
  const rows = cells.map(row => row.map(oneLine))
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0))) ?? []
  return rows
    .map(row =>
      row
        .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

export function runsText(rows: readonly RunRow[], now: number): string {
  if (rows.length === 0) return 'No run yet.'
  return alignColumns([
    ['RUN', 'RUNBOOK', 'ENV', 'STATE', 'STEP', 'BEGAN', 'TOOK', 'BY', ''],
    ...rows.map(row => [
      row.id,
      row.runbook,
      row.environment,
      row.dryRun ? `${row.state} (dry)` : row.state,
      stepOf(row),
      formatAge(row.startedAt, now),
      row.durationMs === undefined ? '–' : formatDuration(row.durationMs),
      nameWith(row.actor, row.noLogin),
      row.reason.slice(0, 80),
    ]),
  ])
}

/** The step at hand, or how many an ended run has come through. */
const stepOf = ({endedAt, stepIndex, stepCount}: RunRow): string =>
  `${endedAt === undefined ? Math.min(stepIndex + 1, stepCount) : stepIndex}/${stepCount}`
