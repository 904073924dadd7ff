import type {AlertRow} from '../../alerts/rows.ts'
import {byUrgency} from '../../alerts/alert-order.ts'
import {type Line, span} from '../layout/line.ts'
import {wrapLine} from '../layout/wrap-line.ts'
import {shortAge} from './age.ts'
import {heading} from './facts.ts'
import {statusWord} from './status-word.ts'

/** What alerts of one thing have not ended, and who has seen them. */
export function alertLines(
  alerts: readonly AlertRow[],
  target: string,
  {now, width}: {readonly now: number; readonly width: number},
): readonly Line[] {
  const open = alerts.filter(row => row.target === target && row.state !== 'resolved').toSorted(byUrgency)
  return [
    heading('Alerts', open.length === 0 ? 'none' : ''),
    ...open.flatMap(({state, severity, rule, since, acknowledged, runbook}) =>
      wrapLine(
        [
          ...(state === 'firing' ? statusWord(severity) : statusWord(state)),
          span(`  ${rule}  `),
          span(shortAge(since, now), 'dim'),
          span(acknowledged === undefined ? '' : `  acknowledged by ${acknowledged.by}`, 'dim'),
          ...(runbook === undefined ? [] : [span('  suggested runbook: ', 'dim'), span(runbook.name, 'accent')]),
        ],
        width,
      ),
    ),
  ]
}
