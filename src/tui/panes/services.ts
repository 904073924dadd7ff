import type {WatchedRow, WindowMeasurements} from '../../monitors/rows.ts'
import type {ServiceRow} from '../../services/rows.ts'
import {burnNow, worstSlo} from '../../monitors/objectives/budget.ts'
import {formatTrend, latencyTrend} from '../../monitors/trend.ts'
import {formatDuration} from '../../units/duration.ts'
import {formatShare} from '../../units/number.ts'
import type {Line} from '../layout/line.ts'
import {blank, line, span} from '../layout/line.ts'
import {truncateMiddle} from '../layout/text.ts'
import {isStale, moment, shortAge, shortDuration, shownState} from '../components/age.ts'
import type {Fact} from '../components/facts.ts'
import {facts, heading, paragraph, twoParts} from '../components/facts.ts'
import {budgetTone} from '../components/budget-bar.ts'
import {latencyChart, rowsUnder} from '../components/latency-chart.ts'
import {objectiveLines} from '../components/objectives.ts'
import {sparkline} from '../components/sparkline.ts'
import {statusWord} from '../components/status-word.ts'
import type {Column} from '../components/table.ts'
import {table} from '../components/table.ts'
import type {DetailsView} from './pane.ts'
import type {World} from '../state/world.ts'
import {definePane} from './pane.ts'

const BADNESS: readonly string[] = ['down', 'degraded', 'no data', 'up']
const isUp = (row: WatchedRow): boolean => row.state === 'up'

/** What wants attention first; otherwise in the order of the configuration. */
export const byBadness = <Row extends WatchedRow>(rows: readonly Row[]): readonly Row[] =>
  rows.every(isUp) ? rows : BADNESS.flatMap(state => rows.filter(row => row.state === state))

/** State with its word, `no data` with its age where the knowledge is old. */
export function stateCell(row: WatchedRow, now: number): Line {
  const state = shownState(row, now)
  if (state === 'no data' && row.at !== undefined) return statusWord(state, `no data ${shortAge(row.at, now)}`)
  return statusWord(state)
}

/** `1 down · 2 degraded of 9`; only the count when all is well, only the worst where there is little room. */
export function troubleNote(rows: readonly WatchedRow[], now: number, short = false): Line {
  const counts = new Map<string, number>()
  for (const row of rows) counts.set(shownState(row, now), (counts.get(shownState(row, now)) ?? 0) + 1)
  const bad = BADNESS.slice(0, 3).filter(state => counts.has(state))
  if (bad.length === 0) return [span(String(rows.length), 'dim')]
  return [
    ...bad
      .slice(0, short ? 1 : 3)
      .flatMap((state, index) => [
        span(index > 0 ? ' · ' : '', 'dim'),
        ...statusWord(state, `${counts.get(state)} ${state}`),
      ]),
    span(` of ${rows.length}`, 'dim'),
  ]
}

const windowOf = (row: ServiceRow, name: WindowMeasurements['window']): WindowMeasurements | undefined =>
  row.windows.find(each => each.window === name)

/** What is left of the budget of which the least is left. */
function budgetCell({slos = []}: ServiceRow): Line {
  const slo = worstSlo(slos)
  if (slo?.left === undefined) return [span('–', 'dim')]
  return [span(`${Math.floor(slo.left * 100)}%`, budgetTone({left: slo.left, burn: burnNow(slo)}))]
}

const share = (value: number | undefined): string => (value === undefined ? '–' : formatShare(value))

const columns: readonly Column<ServiceRow>[] = [
  {title: 'SERVICE', name: true, width: 12, grow: 2, max: 32, rank: 1, cell: row => row.name},
  {title: 'STATE', width: 13, rank: 1, cell: stateCell},
  {title: 'FOR', width: 4, align: 'right', rank: 3, cell: (row, now) => shortAge(row.since, now)},
  {title: 'NOW', width: 6, align: 'right', rank: 2, cell: row => shortDuration(row.latencyMs)},
  {title: 'P95 5M', width: 6, align: 'right', rank: 5, cell: row => shortDuration(windowOf(row, '5m')?.p95)},
  {title: 'UP 24H', width: 7, align: 'right', rank: 4, cell: row => share(windowOf(row, '24h')?.uptime)},
  {title: 'UP 7D', width: 7, align: 'right', rank: 8, cell: row => share(windowOf(row, '7d')?.uptime)},
  {
    title: 'LATENCY',
    align: 'right',
    width: 12,
    grow: 1,
    max: 30,
    rank: 6,
    cell: (row, _now, width) => sparkline(row.latencyHistory, width, latencyCeiling(row)),
  },
  {title: 'BUDGET', width: 6, align: 'right', rank: 7, cell: budgetCell},
  {title: 'VERSION', width: 8, max: 14, grow: 1, rank: 7, cell: row => row.version ?? '–'},
  {
    title: 'REASON',
    width: 18,
    grow: 6,
    rank: 4,
    cell: (row, _now, width) => (row.state === 'up' ? [span(truncateMiddle(row.address, width), 'dim')] : row.reason),
  },
]

const compact: readonly Column<ServiceRow>[] = [
  {title: 'SERVICE', name: true, width: 9, grow: 2, max: 24, rank: 1, cell: row => row.name},
  {title: 'STATE', width: 13, rank: 1, cell: stateCell},
  {title: 'NOW', width: 5, align: 'right', rank: 2, cell: row => shortDuration(row.latencyMs)},
  {title: 'UP 24H', width: 6, align: 'right', rank: 5, cell: row => share(windowOf(row, '24h')?.uptime)},
  {
    title: 'LATENCY',
    align: 'right',
    width: 8,
    grow: 1,
    max: 24,
    rank: 6,
    cell: (row, _now, width) => sparkline(row.latencyHistory, width, latencyCeiling(row)),
  },
]

function details(row: ServiceRow, view: DetailsView): readonly Line[] {
  const {now, width} = view
  const part = width < 96 ? width : Math.floor((width - 4) / 2)
  const above = watchedFacts(row, view, [
    ['address', row.address],
    ['probe', `${row.probe}, every ${formatDuration(row.intervalMs)}`],
    ['version', row.version],
  ])
  const rows = rowsUnder(above.length, view)
  const left = [
    ...above,
    blank,
    ...latencyChart({...row, recent: row.latencyHistory, threshold: row.degradedAboveMs, width: part, rows}, view),
  ]
  const checks = row.checks.length === 0 ? [] : [blank, heading('Checks'), ...checkLines(row, part, now)]
  const right = [...windowTable(row, part, now), ...objectiveLines(row.slos ?? [], part, now), ...checks]
  return twoParts(left, right, width)
}

/** Without a threshold the bars of all services have one scale, so that the noise of a fast one does not look like trouble, ms. */
const CALM_LATENCY = 100
const latencyCeiling = (row: ServiceRow): number => row.degradedAboveMs ?? CALM_LATENCY

const windowTable = (row: ServiceRow, width: number, now: number): readonly Line[] => [
  heading('Windows'),
  ...table({columns: windowColumns, rows: row.windows, width, height: row.windows.length + 1, now}),
]

const windowColumns: readonly Column<WindowMeasurements>[] = [
  {title: 'WINDOW', width: 6, rank: 1, cell: row => row.window},
  {title: 'UPTIME', width: 7, align: 'right', rank: 1, cell: row => share(row.uptime)},
  {title: 'ERRORS', width: 6, align: 'right', rank: 3, cell: row => share(row.errorRate)},
  {title: 'P50', width: 6, align: 'right', rank: 4, cell: row => shortDuration(row.p50)},
  {title: 'P95', width: 6, align: 'right', rank: 2, cell: row => shortDuration(row.p95)},
  {title: 'P99', width: 6, align: 'right', rank: 5, cell: row => shortDuration(row.p99)},
  {title: '+FAILED', width: 7, align: 'right', rank: 7, cell: row => shortDuration(row.withFailed?.p95)},
  {title: 'VS WEEK', width: 7, align: 'right', rank: 4, cell: row => formatTrend(latencyTrend(row))},
  {title: 'PROBES', width: 6, align: 'right', rank: 6, cell: row => [span(String(row.samples), 'dim')]},
]

function checkLines(row: ServiceRow, width: number, now: number): readonly Line[] {
  const stale = isStale(row, now)
  const checkColumns: readonly Column<ServiceRow['checks'][number]>[] = [
    {title: 'CHECK', width: 10, grow: 1, max: 22, rank: 1, cell: check => check.name},
    {
      title: 'STATE',
      width: 14,
      rank: 1,
      cell: check => (stale ? [span(`○ was ${check.status}`, 'dim')] : statusWord(check.status)),
    },
    {title: 'TIME', width: 6, align: 'right', rank: 3, cell: check => shortDuration(check.latencyMs)},
    {title: 'DETAIL', width: 10, grow: 3, rank: 2, cell: check => [span(check.detail, 'dim')]},
  ]
  return table({columns: checkColumns, rows: row.checks, width, height: row.checks.length + 1, now})
}

/** Of another day the seconds do not matter. */
const toTheMinute = (text: string): string => text.replace(/^(\d{4}-\d\d-\d\d \d\d:\d\d):\d\d/, '$1')

/** What all monitored things have in common: state, since when, why, how old the knowledge is. */
export function watchedFacts(
  row: WatchedRow,
  view: DetailsView,
  more: readonly Fact[],
  width = view.width < 96 ? view.width : Math.floor((view.width - 4) / 2),
): readonly Line[] {
  const {now} = view
  const state = shownState(row, now)
  const since = row.since === undefined ? 'since the first probe' : `since ${toTheMinute(moment(row.since, now))}`
  return [
    ...facts(
      [
        ['state', [...statusWord(state), span(`  ${since}`, 'dim')]],
        ['reason', row.reason],
        ...more,
        ['last probed', [span(moment(row.at, now), isStale(row, now) ? 'warn' : 'plain')]],
      ],
      width,
    ),
    ...(isStale(row, now) ? paragraph('No newer data: these values are old.', width, 'warn') : []),
  ]
}

export const servicesPane = definePane({
  noun: 'services',
  title: 'Services',
  letter: 's',
  aliases: ['svc', 'service'],
  one: 'service',
  empty: 'No services are configured in this environment.',
  rows: (world: World): readonly ServiceRow[] => byBadness(world.snapshot.services),
  id: row => row.name,
  search: row => `${row.name} ${row.state} ${row.probe} ${row.address} ${row.version ?? ''} ${row.reason}`,
  columns,
  compact,
  stale: isStale,
  details,
  note: troubleNote,
  more: row => (row.state === 'up' || row.reason === '' ? [] : [[line(row.reason, 'dim')]]),
  copy: row => `${row.name} ${row.state} ${row.address} ${row.reason}`.trim(),
  values: {state: row => row.state, address: row => row.address, version: row => row.version},
})
