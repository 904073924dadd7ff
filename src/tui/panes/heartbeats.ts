import type {HeartbeatRow} from '../../heartbeats/rows.ts'
import type {Line} from '../layout/line.ts'
import {blank, line, span} from '../layout/line.ts'
import {alertLines} from '../components/alert-lines.ts'
import {isStale, moment, shortAge, shortDuration} from '../components/age.ts'
import {facts, heading, twoParts} from '../components/facts.ts'
import {withFigure} from '../components/figure-chart.ts'
import type {Column} from '../components/table.ts'
import type {World} from '../state/world.ts'
import {type DetailsView, definePane} from './pane.ts'
import {byBadness, stateCell, troubleNote, watchedFacts} from './services.ts'

const lastCell = ({lastAt, lastOk}: HeartbeatRow, now: number): Line =>
  lastAt === undefined ? line('never', 'dim') : line(`${shortAge(lastAt, now)} ago`, lastOk === false ? 'bad' : 'plain')

const columns: readonly Column<HeartbeatRow>[] = [
  {title: 'HEARTBEAT', name: true, width: 10, grow: 2, max: 28, rank: 1, cell: row => row.name},
  {title: 'STATE', width: 13, rank: 1, cell: stateCell},
  {title: 'LAST', width: 8, rank: 2, cell: lastCell},
  {title: 'TOOK', width: 6, align: 'right', rank: 5, cell: row => shortDuration(row.tookMs)},
  {title: 'WAY', width: 5, rank: 4, cell: row => (row.direction === 'in' ? 'heard' : 'sent')},
  {title: 'WHEN', name: true, width: 12, grow: 1, max: 28, rank: 6, cell: row => [span(row.when, 'dim')]},
  {
    title: 'REASON',
    width: 24,
    grow: 3,
    rank: 3,
    cell: row => [span(row.reason, row.state === 'up' ? 'dim' : 'plain')],
  },
]

function details(row: HeartbeatRow, view: DetailsView): readonly Line[] {
  const {now, width} = view
  const part = width < 96 ? width : Math.floor((width - 4) / 2)
  const left = watchedFacts(row, view, [
    ['expected', `${row.when}, ${shortDuration(row.graceMs)} of grace`],
    [row.direction === 'in' ? 'last heard' : 'last sent', moment(row.lastAt, now)],
    ['last success', moment(row.succeededAt, now)],
    ['began', row.startedAt === undefined ? undefined : moment(row.startedAt, now)],
    ['took', row.tookMs === undefined ? undefined : shortDuration(row.tookMs)],
  ])
  const right = [
    ...alertLines(view.alerts ?? [], `heartbeat/${row.environment}/${row.name}`, {now, width: part}),
    blank,
    ...(row.direction === 'in' ? reportLines(row.name, part) : []),
  ]
  return withFigure(twoParts(left, right, width), view)
}

/** How the job says what it does, for who looks for the reason that it says nothing. */
const reportLines = (name: string, width: number): readonly Line[] => [
  heading('The job reports by'),
  ...facts(
    [
      ['begins', `opsconsole heartbeat ${name} --start`],
      ['ends', `opsconsole heartbeat ${name} --exit-code $?`],
    ],
    width,
  ),
]

export const heartbeatsPane = definePane({
  noun: 'heartbeats',
  title: 'Heartbeats',
  letter: 'h',
  aliases: ['heartbeat', 'hb'],
  one: 'heartbeat',
  empty: 'No heartbeats are configured in this environment.',
  onOverview: false,
  rows: (world: World): readonly HeartbeatRow[] => byBadness(world.snapshot.heartbeats),
  id: row => row.name,
  search: row => `${row.name} ${row.state} ${row.when} ${row.reason}`,
  columns,
  stale: isStale,
  note: troubleNote,
  details,
  copy: row => row.name,
  values: {state: row => row.state},
})
