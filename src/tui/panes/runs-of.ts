import {nameWith} from '../../identity/named.ts'
import type {RunRow} from '../../runbooks/rows.ts'
import {shortAge, shortDuration} from '../components/age.ts'
import {heading} from '../components/facts.ts'
import {statusWord} from '../components/status-word.ts'
import {type Column, table} from '../components/table.ts'
import {blank, type Line, span} from '../layout/line.ts'
import type {DetailsView} from './pane.ts'

const SHOWN = 8

/** How a runbook went here, whoever started it, the newest first: what is usual. `chosen`: the run that one looks at. */
export function runsOf(
  runbook: string,
  {runs = [], width, now}: DetailsView,
  {chosen, shown = SHOWN}: {readonly chosen?: string; readonly shown?: number} = {},
): readonly Line[] {
  const own = runs.filter(run => run.runbook === runbook && (!run.dryRun || run.id === chosen)).slice(0, shown)
  if (own.length <= (chosen === undefined ? 0 : 1)) return []
  const part = width < 96 ? width : Math.floor((width - 4) / 2)
  return [
    blank,
    heading('Runs', `of ${runbook}`),
    ...table({columns: columnsWith(chosen), rows: own, width: part, height: own.length + 1, now}),
  ]
}

const columnsWith = (chosen: string | undefined): readonly Column<RunRow>[] => [
  {title: 'STATE', width: 13, rank: 1, cell: run => statusWord(run.state)},
  {
    title: 'STARTED',
    width: 7,
    align: 'right',
    rank: 1,
    cell: (run, now) => [span(shortAge(run.startedAt, now), run.id === chosen ? 'accent bold' : 'plain')],
  },
  {title: 'TOOK', width: 6, align: 'right', rank: 2, cell: run => shortDuration(run.durationMs)},
  {title: 'BY', width: 12, max: 20, grow: 1, rank: 3, cell: run => nameWith(run.actor, run.noLogin)},
  {title: 'REASON', width: 10, grow: 2, rank: 4, cell: run => [span(run.reason, 'dim')]},
]
