import type {CacheRow, NamespaceRow} from '../../caches/rows.ts'
import {formatBytes} from '../../units/bytes.ts'
import {formatCount, formatShare} from '../../units/number.ts'
import type {Line} from '../layout/line.ts'
import {blank, line, span} from '../layout/line.ts'
import {isStale, moment, shortDuration} from '../components/age.ts'
import {facts, heading, twoParts} from '../components/facts.ts'
import {progressBar} from '../components/progress-bar.ts'
import {chart} from '../components/chart.ts'
import {rowsUnder} from '../components/latency-chart.ts'
import {sparkline} from '../components/sparkline.ts'
import type {Column} from '../components/table.ts'
import {table} from '../components/table.ts'
import type {DetailsView} from './pane.ts'
import type {World} from '../state/world.ts'
import {definePane} from './pane.ts'
import {byBadness, stateCell, troubleNote, watchedFacts} from './services.ts'

/** A hit rate under one half is the default threshold of the alert. */
const LOW_HIT_RATE = 0.5

const hitRate = (value: number | undefined): Line =>
  line(
    value === undefined ? '–' : formatShare(value),
    value !== undefined && value < LOW_HIT_RATE ? 'warn bold' : 'plain',
  )

function memory(row: CacheRow): Line {
  if (row.usedBytes === undefined) return line('–')
  const limit = row.maxBytes ? ` / ${formatBytes(row.maxBytes)}` : ''
  const full = row.maxBytes ? row.usedBytes / row.maxBytes > 0.9 : false
  return line(`${formatBytes(row.usedBytes)}${limit}`, full ? 'warn bold' : 'plain')
}

const amount = (value: number | undefined, loud = false): Line =>
  line(value === undefined ? '–' : formatCount(value), loud && value ? 'warn bold' : 'plain')

const columns: readonly Column<CacheRow>[] = [
  {title: 'CACHE', name: true, width: 10, grow: 2, max: 26, rank: 1, cell: row => row.name},
  {title: 'STATE', width: 13, rank: 1, cell: stateCell},
  {title: 'HITS', width: 6, align: 'right', rank: 2, cell: row => hitRate(row.hitRate)},
  {title: 'OPS/S', width: 5, align: 'right', rank: 3, cell: row => amount(row.opsPerSecond)},
  {title: 'MEMORY', width: 15, align: 'right', rank: 5, cell: memory},
  {title: 'KEYS', width: 5, align: 'right', rank: 4, cell: row => amount(row.keys)},
  {title: 'EVICT/S', width: 7, align: 'right', rank: 6, cell: row => amount(row.evictedPerSecond, true)},
  {title: 'CLIENTS', width: 7, align: 'right', rank: 7, cell: row => amount(row.clients)},
  {
    title: 'HIT RATE',
    align: 'right',
    width: 12,
    grow: 1,
    max: 24,
    rank: 8,
    cell: (row, _now, width) => sparkline(row.hitRateHistory, width, 1),
  },
  {title: 'ADDRESS', width: 12, grow: 1, rank: 9, cell: row => [span(row.address, 'dim')]},
]

const namespaceColumns: readonly Column<NamespaceRow>[] = [
  {title: 'NAMESPACE', width: 12, grow: 2, max: 40, rank: 1, cell: row => row.pattern},
  {title: 'KEYS', width: 6, align: 'right', rank: 1, cell: row => amount(row.keys)},
  {
    title: 'SIZE',
    width: 7,
    align: 'right',
    rank: 3,
    cell: row => (row.bytes === undefined ? '–' : formatBytes(row.bytes)),
  },
  {title: 'TTL', width: 6, align: 'right', rank: 4, cell: row => shortDuration(row.ttlMs)},
  {title: 'OVERDUE', width: 7, align: 'right', rank: 2, cell: row => amount(row.overdue, true)},
  {title: 'HITS', width: 6, align: 'right', rank: 5, cell: row => hitRate(row.hitRate)},
]

function details(row: CacheRow, view: DetailsView): readonly Line[] {
  const part = view.width < 96 ? view.width : Math.floor((view.width - 4) / 2)
  const used = row.usedBytes !== undefined && row.maxBytes ? row.usedBytes / row.maxBytes : undefined
  const above = watchedFacts(row, view, [
    ['address', [row.address, row.role, row.version].filter(Boolean).join(', ')],
    ['hit rate', hitRate(row.hitRate)],
    [
      'memory',
      used === undefined
        ? memory(row)
        : [...memory(row), span('  '), ...progressBar(used, 12, used > 0.9 ? 'warn' : 'accent')],
    ],
    ['fragmentation', row.fragmentation === undefined ? undefined : row.fragmentation.toFixed(2)],
    [
      'traffic',
      `${formatCount(row.opsPerSecond ?? Number.NaN)} ops/s, ${formatCount(row.clients ?? Number.NaN)} clients`,
    ],
    ['evictions', [...amount(row.evictedPerSecond, true), span('/s')]],
    ['persistence', row.persistence],
    [
      'slow log',
      row.slowlogLength === undefined
        ? undefined
        : row.slowlogLength === 1
          ? '1 entry'
          : `${row.slowlogLength} entries`,
    ],
  ])
  const left = [
    ...above,
    blank,
    heading('Hit rate', `last ${row.hitRateHistory.length} measurements`),
    ...chart({
      values: row.hitRateHistory,
      width: part,
      height: rowsUnder(above.length, view),
      least: 1,
      most: 1,
      label: formatShare,
      at: row.at ?? view.now,
      stepMs: row.intervalMs,
    }),
  ]
  const counted = row.counted
  const how = !counted
    ? 'not counted yet'
    : `${counted.exact ? 'exact' : `± ${formatShare(counted.errorBound)}`}, ${moment(counted.at, view.now)}`
  const right = [
    heading('Namespaces', how),
    ...(row.namespaces.length === 0
      ? facts([['', 'None declared in the configuration.']], part)
      : table({
          columns: namespaceColumns,
          rows: row.namespaces,
          width: part,
          height: row.namespaces.length + 1,
          now: view.now,
        })),
    ...(row.namespaces.length === 0
      ? []
      : [blank, line('OVERDUE: keys with no TTL, or one longer than declared', 'dim')]),
  ]
  return twoParts(left, right, view.width)
}

export const cachesPane = definePane({
  noun: 'caches',
  title: 'Caches',
  letter: 'c',
  aliases: ['cache'],
  one: 'cache',
  empty: 'No caches are configured in this environment.',
  rows: (world: World): readonly CacheRow[] => byBadness(world.snapshot.caches),
  id: row => row.name,
  search: row => `${row.name} ${row.state} ${row.address} ${row.reason}`,
  columns,
  compact: columns.slice(0, 5),
  stale: isStale,
  note: troubleNote,
  // Without measurements the reason says more than a row of dashes.
  more: row =>
    row.keys === undefined
      ? [[line(row.reason, 'dim')]]
      : [
          [
            line(`${formatCount(row.keys)} keys`, 'dim'),
            line(`${formatCount(row.evictedPerSecond ?? Number.NaN)} evicted/s`, row.evictedPerSecond ? 'warn' : 'dim'),
            line(`${formatCount(row.clients ?? Number.NaN)} clients`, 'dim'),
          ],
        ],
  details,
  copy: row => `${row.name} ${row.state} ${row.address} ${row.reason}`.trim(),
  values: {state: row => row.state, address: row => row.address},
})
