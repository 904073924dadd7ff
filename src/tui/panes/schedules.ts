import type {ScheduleRow} from '../../schedules/rows.ts'
import type {Line} from '../layout/line.ts'
import {blank, line, span} from '../layout/line.ts'
import {absolute, isStale, moment, shortAge, shortDuration} from '../components/age.ts'
import {heading, twoParts} from '../components/facts.ts'
import {statusWord} from '../components/status-word.ts'
import type {Column} from '../components/table.ts'
import type {World} from '../state/world.ts'
import type {DetailsView} from './pane.ts'
import {definePane} from './pane.ts'
import {runsOf} from './runs-of.ts'
import {byBadness, stateCell, troubleNote, watchedFacts} from './services.ts'

/** One that starts nothing is neither well nor ill. */
function scheduleState(row: ScheduleRow, now: number): Line {
  if (!row.enabled) return line('off', 'dim')
  return row.paused === undefined ? stateCell(row, now) : line('paused', 'warn')
}

function lastCell({last}: ScheduleRow, now: number): Line {
  if (last === undefined) return line('never', 'dim')
  const word = last.ended?.outcome ?? last.state ?? 'running'
  return statusWord(word, `${word} ${shortAge(last.begunAt, now)}`)
}

const nextCell = ({next}: ScheduleRow, now: number): Line =>
  next[0] === undefined ? line('–', 'dim') : line(`in ${shortDuration(next[0] - now)}`)

const columns: readonly Column<ScheduleRow>[] = [
  {title: 'SCHEDULE', name: true, width: 10, grow: 2, max: 28, rank: 1, cell: row => row.name},
  {title: 'STATE', width: 13, rank: 1, cell: scheduleState},
  {title: 'NEXT', width: 8, rank: 2, cell: nextCell},
  {title: 'LAST', width: 12, rank: 3, cell: lastCell},
  {title: 'RUNBOOK', name: true, width: 10, grow: 1, max: 20, rank: 4, cell: row => row.runbook},
  {title: 'WHEN', name: true, width: 14, grow: 1, max: 30, rank: 6, cell: row => [span(row.when, 'dim')]},
  {
    title: 'REASON',
    width: 20,
    grow: 3,
    rank: 5,
    cell: row => [span(row.reason, row.state === 'up' ? 'dim' : 'plain')],
  },
]

function details(row: ScheduleRow, view: DetailsView): readonly Line[] {
  const {now, width} = view
  const {last, missed, paused} = row
  const left = watchedFacts(row, view, [
    ['starts', row.runbook],
    ['when', row.when],
    ['paused', paused && `by ${paused.by}: ${paused.reason}`],
    ['last run', last && `${last.run}, ${last.ended?.outcome ?? last.state ?? 'running'}`],
    ['begun', last && moment(last.begunAt, now)],
    ['took', last?.ended && shortDuration(last.ended.at - last.begunAt)],
    ['missed', missed && [span(`${missed.count}, the last ${moment(missed.due, now)}: ${missed.reason}`, 'bad')]],
  ])
  const right = [
    heading('Next times'),
    ...(row.next.length === 0 ? [line('It is not due again.', 'dim')] : row.next.map(at => line(absolute(at)))),
    ...runsOf(row.runbook, view),
    blank,
    line(`opsconsole schedule pause ${row.name} --reason …`, 'dim'),
    line(`opsconsole schedule run ${row.name}`, 'dim'),
  ]
  return twoParts(left, right, width)
}

export const schedulesPane = definePane({
  noun: 'schedules',
  title: 'Schedules',
  letter: 'w',
  aliases: ['schedule', 'cron'],
  one: 'schedule',
  empty: 'No schedules are configured in this environment.',
  onOverview: false,
  rows: (world: World): readonly ScheduleRow[] => byBadness(world.snapshot.schedules),
  id: row => row.name,
  search: row => `${row.name} ${row.state} ${row.runbook} ${row.when} ${row.reason}`,
  columns,
  stale: isStale,
  note: troubleNote,
  details,
  copy: row => row.last?.run ?? row.name,
  values: {state: row => row.state, runbook: row => row.runbook, run: row => row.last?.run},
})
