import {keptBytes} from '../../backups/size-anomaly.ts'
import type {BackupEntry, BackupRow} from '../../backups/rows.ts'
import {formatBytes} from '../../units/bytes.ts'
import {formatDuration} from '../../units/duration.ts'
import type {Line} from '../layout/line.ts'
import {blank, line, span} from '../layout/line.ts'
import {absolute, isStale, moment, shortAge, shortDuration} from '../components/age.ts'
import {heading, twoParts} from '../components/facts.ts'
import {statusWord} from '../components/status-word.ts'
import type {Cells, Column} from '../components/table.ts'
import {table} from '../components/table.ts'
import type {DetailsView} from './pane.ts'
import type {World} from '../state/world.ts'
import {historyFacts} from './backup-history.ts'
import {placeFacts, ruleLines} from './backup-places.ts'
import {recoveryFacts} from './recovery-facts.ts'
import {backupTrend} from './backup-trend.ts'
import {definePane} from './pane.ts'
import {byBadness, stateCell, troubleNote, watchedFacts} from './services.ts'

/** Age of the newest good backup; loud when it is older than the recovery point objective. */
const age = (row: BackupRow): Line =>
  row.ageMs === undefined
    ? line('none', 'bad bold')
    : line(shortDuration(row.ageMs), row.recovery === undefined && row.ageMs > row.rpoMs ? 'bad bold' : 'plain')

/** Change against the usual size: a backup that shrank by a third is rarely a good one. */
function sizeChange(entry: BackupEntry | undefined): Line {
  if (entry?.sizeChange === undefined) return line('–', 'dim')
  const percent = Math.round(entry.sizeChange * 100)
  return line(`${percent > 0 ? '+' : ''}${percent}%`, Math.abs(percent) >= 30 ? 'warn bold' : 'dim')
}

const columns: readonly Column<BackupRow>[] = [
  {title: 'BACKUP', name: true, width: 10, grow: 2, max: 26, rank: 1, cell: row => row.name},
  {title: 'STATE', width: 13, rank: 1, cell: stateCell},
  {title: 'AGE', width: 5, align: 'right', rank: 1, cell: age},
  {title: 'RPO', width: 4, align: 'right', rank: 4, cell: row => [span(shortDuration(row.rpoMs), 'dim')]},
  {
    title: 'SIZE',
    width: 7,
    align: 'right',
    rank: 2,
    cell: row => (row.newest ? formatBytes(keptBytes(row.newest)) : '–'),
  },
  {title: 'TREND', width: 5, align: 'right', rank: 6, cell: row => sizeChange(row.newest)},
  {title: 'KEPT', width: 4, align: 'right', rank: 5, cell: row => String(row.total)},
  {title: 'TESTED', width: 6, align: 'right', rank: 7, cell: (row, now) => shortAge(row.restoreTestedAt, now)},
  {title: 'LAST DRILL', width: 10, rank: 8, cell: (row, now) => drillCell(row, now)},
  {title: 'WHERE', width: 12, grow: 2, rank: 9, cell: row => [span(row.location, 'dim')]},
]

/** The first is as wide as the moment of a backup under it. */
const compact: readonly Column<BackupRow>[] = [
  {title: 'BACKUP', name: true, width: 10, grow: 2, max: 26, rank: 1, cell: row => row.name},
  ...columns.filter(({title}) => ['STATE', 'AGE', 'SIZE', 'LAST DRILL'].includes(title)),
]

function drillCell(row: BackupRow, now: number): Line {
  if (!row.lastDrill) return line('never', 'warn')
  return statusWord(row.lastDrill.ok ? 'done' : 'failed', `${shortAge(row.lastDrill.at, now)} ago`)
}

const entryColumns: readonly Column<BackupEntry>[] = [
  {title: 'TAKEN', width: 8, grow: 1, max: 19, rank: 1, cell: (entry, now) => takenCell(entry, now)},
  {title: 'STATE', width: 13, rank: 1, cell: entry => statusWord(entry.state)},
  {title: 'STORED', width: 7, align: 'right', rank: 2, cell: entry => formatBytes(keptBytes(entry))},
  {title: 'TREND', width: 5, align: 'right', rank: 5, cell: entry => sizeChange(entry)},
  {title: 'TOOK', width: 6, align: 'right', rank: 6, cell: entry => shortDuration(entry.durationMs)},
  {title: 'VERIFIED', width: 8, align: 'right', rank: 3, cell: (entry, now) => shortAge(entry.verifiedAt, now)},
  {title: 'TESTED', width: 6, align: 'right', rank: 4, cell: (entry, now) => shortAge(entry.restoreTestedAt, now)},
  {
    title: 'NOTES',
    width: 8,
    grow: 2,
    rank: 7,
    cell: entry => [span(notes(entry), entry.reason === '' ? 'dim' : 'warn')],
  },
]

const takenCell = (entry: BackupEntry, now: number): string => `${shortAge(entry.takenAt, now)} ago`

const notes = (entry: BackupEntry): string =>
  [entry.held ? 'held' : '', entry.encrypted ? '' : 'not encrypted', ...(entry.unusual ?? []), entry.reason]
    .filter(Boolean)
    .join(', ') || 'encrypted'

/** One backup in one line, for the overview. */
const entryCells = (entry: BackupEntry, now: number): Cells => ({
  // Of which year it is, its age says.
  BACKUP: line(absolute(entry.takenAt).slice(5, 16), 'dim'),
  STATE: statusWord(entry.state),
  AGE: line(shortAge(entry.takenAt, now), 'dim'),
  SIZE: line(formatBytes(keptBytes(entry)), 'dim'),
})

/** What is copied is called by its path where it has no name. */
const nounOf = ({database, newest}: BackupRow): string =>
  !database.startsWith('/') ? 'database' : newest?.outside === undefined ? 'file' : 'directory'

const sizeWords = (newest: BackupEntry): string =>
  newest.outside === undefined
    ? `${formatBytes(newest.storedBytes)} stored, ${formatBytes(newest.databaseBytes)} in the database`
    : `${formatBytes(keptBytes(newest))} new, ${formatBytes(newest.databaseBytes)} in the directory`

function details(row: BackupRow, view: DetailsView): readonly Line[] {
  const {now, width} = view
  const part = width < 96 ? width : Math.floor((width - 4) / 2)
  const newest = row.newest
  const drill = row.lastDrill
  const left = watchedFacts(row, view, [
    [nounOf(row), row.database],
    ['stored in', row.location],
    ['newest', newest ? absolute(newest.takenAt) : [span('none', 'bad bold')]],
    [
      'age',
      [...age(row), span(row.recovery === undefined ? ` of at most ${formatDuration(row.rpoMs)} (RPO)` : '', 'dim')],
    ],
    ['size', newest === undefined ? undefined : sizeWords(newest)],
    ['repository', newest?.outsideBytes?.all === undefined ? undefined : formatBytes(newest.outsideBytes.all)],
    [
      'total',
      `${row.total} ${row.total === 1 ? 'backup' : 'backups'}${newest?.outside === undefined ? `, ${formatBytes(row.totalBytes)}` : ''}`,
    ],
    [
      'last drill',
      drill
        ? [
            ...statusWord(drill.ok ? 'done' : 'failed', drill.ok ? 'passed' : 'failed'),
            span(` ${moment(drill.at, now)}`, 'dim'),
          ]
        : [span('never: restores are untested', 'warn')],
    ],
    ['restored', drill?.world],
    ...historyFacts(row, now),
    ...placeFacts(row, now),
    ...recoveryFacts(row, now),
    ['drill took', drill ? `RTO ${formatDuration(drill.rtoMs)}, RPO ${formatDuration(drill.rpoMs)}` : undefined],
  ])
  const trend = backupTrend(row, part)
  const right = [
    ...ruleLines(row, part),
    heading(
      'Catalogue',
      row.total > row.entries.length ? `the newest ${row.entries.length} of ${row.total}` : 'newest first',
    ),
    ...(row.entries.length === 0
      ? [line('No backups yet. Type :run backup to take one.', 'dim')]
      : table({
          columns: entryColumns,
          rows: row.entries.toSorted((a, b) => b.takenAt - a.takenAt),
          width: part,
          height: row.entries.length + 1,
          now,
        })),
    blank,
  ]
  // On a narrow screen what can be restored precedes how it came about.
  return part === width
    ? twoParts(left, [...right.slice(0, trend.length === 0 ? undefined : -1), ...trend], width)
    : twoParts([...left, ...trend], right, width)
}

export const backupsPane = definePane({
  noun: 'backups',
  title: 'Backups',
  letter: 'b',
  aliases: ['backup', 'bk'],
  one: 'backup',
  empty: 'No backups are configured in this environment.',
  rows: (world: World): readonly BackupRow[] => byBadness(world.snapshot.backups),
  id: row => row.name,
  search: row => `${row.name} ${row.state} ${row.database} ${row.location} ${row.reason}`,
  columns,
  compact,
  stale: isStale,
  note: troubleNote,
  more: (row, now) =>
    row.entries
      .toSorted((a, b) => b.takenAt - a.takenAt)
      .slice(0, 3)
      .map(entry => entryCells(entry, now)),
  details,
  copy: row => row.newest?.id ?? row.name,
  values: {database: row => row.database, newest: row => row.newest?.id},
})
