import type {ReleaseInstanceRow, ReleaseRow, SlotRow} from '../../releases/rows.ts'
import {formatCount, formatShare} from '../../units/number.ts'
import type {Line} from '../layout/line.ts'
import {blank, line, span} from '../layout/line.ts'
import {isStale} from '../components/age.ts'
import {twoParts} from '../components/facts.ts'
import {withFigure} from '../components/figure-chart.ts'
import {statusWord} from '../components/status-word.ts'
import type {Cells, Column} from '../components/table.ts'
import {table} from '../components/table.ts'
import type {DetailsView} from './pane.ts'
import type {World} from '../state/world.ts'
import {definePane} from './pane.ts'
import {controlLine} from './release-controls.ts'
import {versionLines} from './release-versions.ts'
import {byBadness, stateCell, troubleNote, watchedFacts} from './services.ts'

const rate = (value: number | undefined): string => (value === undefined ? '–' : formatCount(value))

const errors = (value: number | undefined): Line =>
  line(value === undefined ? '–' : formatShare(value), value !== undefined && value > 0.01 ? 'bad bold' : 'plain')

/** Whether one key would bring the previous version back, and which. */
const rollbackCell = (row: ReleaseRow): Line =>
  row.rollback.ready
    ? [span('✓ ', 'ok'), span(`to ${row.rollback.version ?? row.rollback.slot ?? 'previous'}`)]
    : [span('▲ not ready', 'warn')]

const columns: readonly Column<ReleaseRow>[] = [
  {title: 'RELEASE', name: true, width: 10, grow: 2, max: 26, rank: 1, cell: row => row.name},
  {title: 'STATE', width: 13, rank: 2, cell: stateCell},
  {title: 'VERSION', width: 10, grow: 1, max: 18, rank: 1, cell: row => [span(row.version ?? '–', 'bold')]},
  {title: 'LIVE', width: 7, rank: 3, cell: row => row.live ?? '–'},
  {title: 'REQ/S', width: 5, align: 'right', rank: 5, cell: row => rate(row.requestsPerSecond)},
  {title: 'ERRORS', width: 6, align: 'right', rank: 6, cell: row => errors(row.errorRate)},
  {title: 'ROLLBACK', width: 13, grow: 1, max: 22, rank: 4, cell: rollbackCell},
]

const instanceColumns: readonly Column<ReleaseInstanceRow>[] = [
  {title: 'INSTANCE', name: true, width: 10, grow: 2, max: 22, rank: 1, cell: row => row.name},
  {title: 'STATE', width: 8, rank: 1, cell: row => statusWord(row.health)},
  {title: 'TRAFFIC', width: 7, rank: 2, cell: row => row.traffic},
  {
    title: 'SESS',
    width: 5,
    align: 'right',
    rank: 4,
    cell: row => (row.traffic === 'no data' ? '–' : String(row.sessions ?? '–')),
  },
  {title: 'REQ/S', width: 5, align: 'right', rank: 3, cell: row => rate(row.requestsPerSecond)},
  {title: 'VERSION', width: 8, max: 14, grow: 1, rank: 5, cell: row => row.version ?? '–'},
  {
    title: 'HOST',
    width: 8,
    grow: 1,
    rank: 7,
    cell: row => (row.health !== 'up' && row.reason !== '' ? [span(row.reason, 'warn')] : [span(row.host, 'dim')]),
  },
]

function slotLines(slot: SlotRow, width: number, now: number): readonly Line[] {
  return [
    [span(`${slot.name}  `, 'bold'), ...statusWord(slot.role), span(`  ${slot.version ?? 'no version'}`, 'dim')],
    ...table({columns: instanceColumns, rows: slot.instances, width, height: slot.instances.length + 1, now}),
    blank,
  ]
}

/** One slot in one line, for the overview. */
function slotCells(slot: SlotRow): Cells {
  const up = slot.instances.filter(each => each.health === 'up').length
  const all = slot.instances.length
  return {
    RELEASE: statusWord(slot.role),
    VERSION: line(slot.version ?? 'no version', 'dim'),
    LIVE: slot.name,
    ROLLBACK: line(`${up} of ${all} up`, up < all ? 'warn' : 'dim'),
  }
}

function details(row: ReleaseRow, view: DetailsView): readonly Line[] {
  const part = view.width < 96 ? view.width : Math.floor((view.width - 4) / 2)
  const left = watchedFacts(row, view, [
    ['live', `${row.live ?? 'unknown'}, version ${row.version ?? 'unknown'}`],
    [
      'traffic',
      [span(`${rate(row.requestsPerSecond)} requests a second, `), ...errors(row.errorRate), span(' errors')],
    ],
    ...(row.controls ?? []).map(one => ['control', controlLine(one, view.now)] as const),
    ['rollback', rollbackCell(row)],
    ['', [span(row.rollback.reason, 'dim')]],
  ])
  const right = [
    ...row.slots.flatMap(slot => slotLines(slot, part, view.now)),
    ...versionLines(row.versions ?? [], part, view.now),
  ]
  // Beside the slots there is room for it; in one column it comes last.
  return view.width < 96
    ? withRequests(row, twoParts(left, right, view.width), view)
    : twoParts(withRequests(row, left, {...view, width: part}), right, view.width)
}

/** And how many requests there were over time, where the load balancer counts them. */
export const withRequests = (
  {requestsPerSecond}: ReleaseRow,
  above: readonly Line[],
  view: DetailsView,
): readonly Line[] =>
  requestsPerSecond === undefined && !view.series?.values.some(value => value !== undefined)
    ? above
    : withFigure(above, view)

export const releasesPane = definePane({
  noun: 'releases',
  title: 'Releases',
  letter: 'v',
  aliases: ['release', 'rel'],
  one: 'release',
  empty: 'No releases are configured in this environment.',
  rows: (world: World): readonly ReleaseRow[] => byBadness(world.snapshot.releases),
  id: row => row.name,
  search: row => `${row.name} ${row.state} ${row.version ?? ''} ${row.live ?? ''} ${row.reason}`,
  columns,
  compact: columns.filter(column => column.title !== 'STATE' && column.title !== 'ERRORS'),
  stale: isStale,
  note: troubleNote,
  more: (row, now) => [...(row.controls ?? []).map(one => [controlLine(one, now)]), ...row.slots.map(slotCells)],
  details,
  copy: row => `${row.name} ${row.version ?? ''} ${row.live ?? ''}`.trim(),
  values: {
    service: row => row.service,
    version: row => row.version,
    live: row => row.live,
    previous: row => row.rollback.version,
  },
})
