import {nameWith} from '../../identity/named.ts'
import type {RunRow} from '../../runbooks/rows.ts'
import {formatDuration} from '../../units/duration.ts'
import type {Line} from '../layout/line.ts'
import {line, span} from '../layout/line.ts'
import {moment, shortAge, shortDuration} from '../components/age.ts'
import {facts, SIDE_BY_SIDE, twoParts} from '../components/facts.ts'
import {statusGlyph, statusTone, statusWord} from '../components/status-word.ts'
import type {Column} from '../components/table.ts'
import type {World} from '../state/world.ts'
import {definePane} from './pane.ts'
import {runsOf} from './runs-of.ts'

/** Runs that are not over: they want to be seen wherever one is. */
export const isActive = (row: RunRow): boolean =>
  row.state === 'running' || row.state === 'waiting' || row.state === 'lost'

const stateWord = (row: RunRow): string => (row.state === 'waiting' ? 'needs you' : row.state)

const elapsed = (row: RunRow, now: number): number => row.durationMs ?? Math.max(0, now - row.startedAt)

const stepCell = (row: RunRow): Line =>
  isActive(row)
    ? [span(`${Math.min(row.stepIndex + 1, row.stepCount)}/${row.stepCount} `, 'bold'), span(row.stepTitle)]
    : line(row.reason === '' ? `${row.stepCount} ${row.stepCount === 1 ? 'step' : 'steps'}` : row.reason, 'dim')

const dry = (row: RunRow): Line => (row.dryRun ? [span(row.runbook), span(' dry', 'dim')] : line(row.runbook))

const columns: readonly Column<RunRow>[] = [
  {title: 'RUNBOOK', name: true, width: 16, grow: 1, max: 24, rank: 1, cell: dry},
  {title: 'STATE', width: 13, rank: 1, cell: row => statusWord(row.state, stateWord(row))},
  {title: 'STARTED', width: 7, align: 'right', rank: 2, cell: (row, now) => shortAge(row.startedAt, now)},
  {title: 'TOOK', width: 6, align: 'right', rank: 4, cell: (row, now) => shortDuration(elapsed(row, now))},
  {title: 'USUAL', width: 6, align: 'right', rank: 6, cell: row => [span(shortDuration(row.usualMs), 'dim')]},
  {title: 'BY', width: 14, rank: 5, cell: row => nameWith(row.actor, row.noLogin)},
  {title: 'STEP OR REASON', width: 30, grow: 4, rank: 3, cell: stepCell},
  {title: 'RUN', width: 20, max: 28, grow: 1, rank: 7, cell: row => [span(row.id, 'dim')]},
]

const compact: readonly Column<RunRow>[] = [
  {title: '', width: 1, rank: 1, cell: row => [statusGlyph(row.state)]},
  {title: 'RUNBOOK', name: true, width: 9, grow: 1, max: 18, rank: 1, cell: dry},
  {
    title: 'STATE',
    width: 9,
    rank: 1,
    cell: row => [
      span(stateWord(row), isActive(row) || statusTone(row.state).startsWith('bad') ? statusTone(row.state) : 'plain'),
    ],
  },
  {title: 'TOOK', width: 5, align: 'right', rank: 5, cell: (row, now) => shortDuration(elapsed(row, now))},
  {title: 'STEP OR REASON', width: 12, grow: 4, rank: 6, cell: stepCell},
  {title: 'AGO', width: 4, align: 'right', rank: 2, cell: (row, now) => shortAge(row.startedAt, now)},
]

export const runsPane = definePane({
  noun: 'runs',
  title: 'Runs',
  letter: 'r',
  one: 'run',
  empty: 'No runs yet. Type :runbooks to choose a runbook.',
  rows: (world: World): readonly RunRow[] =>
    (world.runs ?? world.snapshot.runs).toSorted(
      (a, b) => Number(isActive(b)) - Number(isActive(a)) || b.startedAt - a.startedAt,
    ),
  id: row => row.id,
  search: row => `${row.runbook} ${row.state} ${row.actor} ${row.reason} ${row.stepTitle} ${row.id}`,
  columns,
  compact,
  note: rows => {
    const active = rows.filter(isActive)
    if (active.length === 0) return [span(rows.length === 0 ? '' : `${rows.length}`, 'dim')]
    const loud = active.find(row => row.state !== 'running') ?? active[0]
    return loud ? statusWord(loud.state, loud.state === 'running' ? `${active.length} running` : stateWord(loud)) : []
  },
  copy: row => row.id,
  values: {runbook: row => row.runbook, state: row => row.state, actor: row => row.actor},
  details: (row, view) => {
    const others =
      view.width < SIDE_BY_SIDE
        ? []
        : runsOf(row.runbook, view, {chosen: row.id, shown: Math.max(8, (view.height ?? 0) - 3)}).slice(1)
    const left = facts(
      [
        [
          'state',
          [...statusWord(row.state, stateWord(row)), span(row.dryRun ? '  dry run: nothing was touched' : '', 'dim')],
        ],
        ['runbook', row.runbook],
        ['by', nameWith(row.actor, row.noLogin)],
        ['started', moment(row.startedAt, view.now)],
        ['ended', row.endedAt === undefined ? undefined : moment(row.endedAt, view.now)],
        [
          'took',
          `${formatDuration(elapsed(row, view.now))}${row.usualMs === undefined ? '' : `, usually ${formatDuration(row.usualMs)}`}`,
        ],
        ['step', isActive(row) ? stepCell(row) : undefined],
        ['reason', row.reason],
        ['exit code', row.exitCode === undefined ? undefined : String(row.exitCode)],
        ['run', row.id],
        ['attach', [span(`opsconsole runs attach ${row.id}`, 'accent')]],
      ],
      // What is to be copied stays in one line where nothing stands beside it.
      others.length === 0 ? view.width : Math.floor((view.width - 4) / 2),
    )
    return twoParts(left, others, view.width)
  },
})
