import type {DatabaseRow} from '../../databases/rows.ts'
import {formatBytes} from '../../units/bytes.ts'
import {formatShare} from '../../units/number.ts'
import type {Line} from '../layout/line.ts'
import {blank, line, span} from '../layout/line.ts'
import {isStale, shortDuration} from '../components/age.ts'
import {chart} from '../components/chart.ts'
import {latencyChart, rowsUnder} from '../components/latency-chart.ts'
import {facts, heading, SIDE_BY_SIDE, twoParts} from '../components/facts.ts'
import {progressBar} from '../components/progress-bar.ts'
import type {Column} from '../components/table.ts'
import type {World} from '../state/world.ts'
import type {DetailsView} from './pane.ts'
import {definePane} from './pane.ts'
import {byBadness, stateCell, troubleNote, watchedFacts} from './services.ts'

const bytes = (value: number | undefined): string => (value === undefined ? '–' : formatBytes(value))

/** Share of the connections above which they are loud. */
const LOUD = 0.8

/** `34/100`; loud when more than 80 % are in use. */
function connections(row: DatabaseRow): Line {
  if (row.connections === undefined) return line('–')
  const used = row.maxConnections ? row.connections / row.maxConnections : 0
  return line(`${row.connections}/${row.maxConnections ?? '–'}`, used > LOUD ? 'warn bold' : 'plain')
}

const count = (value: number | undefined): Line =>
  line(value === undefined ? '–' : String(value), value ? 'warn bold' : 'plain')

/** A server that does not answer says nothing about itself; one that answers without a value has no such thing. */
function known(row: DatabaseRow, value: number | undefined, show: (value: number) => string): string | undefined {
  if (value !== undefined) return show(value)
  return row.connections === undefined ? '–' : undefined
}

const columns: readonly Column<DatabaseRow>[] = [
  {title: 'DATABASE', name: true, width: 12, grow: 2, max: 30, rank: 1, cell: row => row.name},
  {title: 'STATE', width: 13, rank: 1, cell: stateCell},
  {title: 'CONN', width: 7, align: 'right', rank: 2, cell: connections},
  {title: 'SIZE', width: 7, align: 'right', rank: 3, cell: row => bytes(row.sizeBytes)},
  {
    title: 'CACHE',
    width: 6,
    align: 'right',
    rank: 5,
    cell: row => (row.cacheHitRatio === undefined ? '–' : formatShare(row.cacheHitRatio)),
  },
  {title: 'LONGEST', width: 7, align: 'right', rank: 4, cell: row => shortDuration(row.longestTransactionMs)},
  {title: 'WAITING', width: 7, align: 'right', rank: 6, cell: row => count(row.locksWaiting)},
  {title: 'LAG', width: 6, align: 'right', rank: 7, cell: row => shortDuration(row.replicationLagMs)},
  {title: 'WAL', width: 6, align: 'right', rank: 8, cell: row => shortDuration(row.archiveLagMs)},
  {title: 'ADDRESS', width: 12, grow: 2, rank: 9, cell: row => [span(row.address, 'dim')]},
]

/** Rows of the second chart where one stands under the other. */
const LOW = 4

/** Connections of the last probes, up to what the server takes. */
function connectionsChart(
  row: DatabaseRow,
  {width, rows}: {readonly width: number; readonly rows: number},
  {now, changes}: DetailsView,
): readonly Line[] {
  const values = row.connectionsHistory ?? []
  if (width < 40 || !values.some(value => value !== undefined)) return []
  return [
    blank,
    heading('Connections', `last ${values.length} probes`),
    ...chart({
      values,
      width,
      height: rows,
      least: 5,
      threshold: row.maxConnections === undefined ? undefined : row.maxConnections * LOUD,
      label: value => String(Math.round(value)),
      at: row.at ?? now,
      stepMs: row.intervalMs,
      marks: changes,
    }),
  ]
}

const partOf = (value: number | undefined, words: (value: number) => string): readonly Line[] =>
  value === undefined ? [] : [line(words(value), 'dim')]

export const databasesPane = definePane({
  noun: 'databases',
  title: 'Databases',
  letter: 'd',
  aliases: ['database', 'db'],
  one: 'database',
  empty: 'No databases are configured in this environment.',
  rows: (world: World): readonly DatabaseRow[] => byBadness(world.snapshot.databases),
  id: row => row.name,
  search: row => `${row.name} ${row.state} ${row.address} ${row.version ?? ''} ${row.reason}`,
  columns,
  compact: columns.slice(0, 6),
  stale: isStale,
  note: troubleNote,
  // Without measurements the reason says more than a row of dashes; without a replica nothing is said of its lag.
  more: row =>
    row.connections === undefined
      ? [[line(row.reason, 'dim')]]
      : [
          [
            line(`${row.locksWaiting ?? '–'} locks waiting`, row.locksWaiting ? 'warn' : 'dim'),
            ...partOf(row.replicationLagMs, lag => `lag ${shortDuration(lag)}`),
            ...partOf(row.archiveLagMs, lag => `WAL ${shortDuration(lag)}`),
            ...partOf(row.cacheHitRatio, share => `cache hits ${formatShare(share)}`),
          ],
        ],
  copy: row => `${row.name} ${row.state} ${row.address} ${row.reason}`.trim(),
  values: {state: row => row.state, address: row => row.address},
  details: (row, view) => {
    const part = view.width < 96 ? view.width : Math.floor((view.width - 4) / 2)
    const used = row.connections !== undefined && row.maxConnections ? row.connections / row.maxConnections : undefined
    const left = watchedFacts(row, view, [
      ['address', row.address],
      ['version', row.version],
      ['latency', shortDuration(row.latencyMs)],
    ])
    const right = [
      heading('Inside'),
      ...facts(
        [
          [
            'connections',
            used === undefined ? connections(row) : [...connections(row), span('  '), ...progressBar(used, 16)],
          ],
          ['size', bytes(row.sizeBytes)],
          ['cache hits', row.cacheHitRatio === undefined ? undefined : formatShare(row.cacheHitRatio)],
          ['longest tx', shortDuration(row.longestTransactionMs)],
          ['locks waiting', count(row.locksWaiting)],
          ['replica lag', known(row, row.replicationLagMs, shortDuration) ?? 'no replica'],
          ['last WAL', known(row, row.archiveLagMs, lag => `${shortDuration(lag)} ago`) ?? 'archiving is off'],
          ['WAL failures', count(row.archiveFailures)],
        ],
        part,
      ),
    ]
    const rows = view.width < SIDE_BY_SIDE ? LOW : rowsUnder(right.length, view)
    return twoParts(
      [...left, blank, ...latencyChart({...row, width: part, rows: rowsUnder(left.length, view)}, view)],
      [...right, ...connectionsChart(row, {width: part, rows}, view)],
      view.width,
    )
  },
})
