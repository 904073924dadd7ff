import type {DatabaseRow} from '../../databases/rows.ts'
import {formatBytes} from '../../units/bytes.ts'
import {formatShare} from '../../units/number.ts'
import type {Line} from '../canvas/line.ts'
import {line, span} from '../canvas/line.ts'
import {isStale, shortDuration} from '../components/age.ts'
import {facts, heading, twoParts} from '../components/facts.ts'
import {progressBar} from '../components/progress-bar.ts'
import type {Column} from '../components/table.ts'
import {definePane} from './pane.ts'
import {byBadness, stateCell, troubleNote, watchedFacts} from './services.ts'

const bytes = (value: number | undefined): string => (value === undefined ? '–' : formatBytes(value))

/** `34/100`; loud when more than 80 % are in use. */
function connections(row: DatabaseRow): Line {
  if (row.connections === undefined) return line('–')
  const used = row.maxConnections ? row.connections / row.maxConnections : 0
  return line(`${row.connections}/${row.maxConnections ?? '–'}`, used > 0.8 ? 'warn bold' : 'plain')
}

const count = (value: number | undefined): Line =>
  line(value === undefined ? '–' : String(value), value ? 'warn bold' : 'plain')

const columns: readonly Column<DatabaseRow>[] = [
  {title: 'DATABASE', width: 12, grow: 2, max: 30, rank: 1, cell: row => row.name},
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

export const databasesPane = definePane<DatabaseRow>({
  noun: 'databases',
  title: 'Databases',
  one: 'database',
  empty: 'No databases are configured in this environment.',
  rows: world => byBadness(world.snapshot.databases),
  id: row => row.name,
  search: row => `${row.name} ${row.state} ${row.address} ${row.version ?? ''} ${row.reason}`,
  columns,
  compact: columns.slice(0, 6),
  stale: isStale,
  note: troubleNote,
  more: row => [
    [
      span(`cache hits ${row.cacheHitRatio === undefined ? '–' : formatShare(row.cacheHitRatio)} · `, 'dim'),
      span(`${row.locksWaiting ?? '–'} locks waiting`, row.locksWaiting ? 'warn' : 'dim'),
      span(` · replica lag ${shortDuration(row.replicationLagMs)} · WAL ${shortDuration(row.archiveLagMs)}`, 'dim'),
    ],
  ],
  copy: row => `${row.name} ${row.state} ${row.address} ${row.reason}`.trim(),
  details: (row, view) => {
    const part = view.width < 96 ? view.width : Math.floor((view.width - 4) / 2)
    const used = row.connections !== undefined && row.maxConnections ? row.connections / row.maxConnections : undefined
    return twoParts(
      watchedFacts(row, view, [
        ['address', row.address],
        ['version', row.version],
        ['latency', shortDuration(row.latencyMs)],
      ]),
      [
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
            ['replica lag', row.replicationLagMs === undefined ? 'no replica' : shortDuration(row.replicationLagMs)],
            [
              'last WAL',
              row.archiveLagMs === undefined ? 'archiving is off' : `${shortDuration(row.archiveLagMs)} ago`,
            ],
            ['WAL failures', count(row.archiveFailures)],
          ],
          part,
        ),
      ],
      view.width,
    )
  },
})
