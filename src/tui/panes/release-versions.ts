import type {VersionRow} from '../../releases/rows.ts'
import {formatAge} from '../../units/duration.ts'
import {heading} from '../components/facts.ts'
import {type Column, table} from '../components/table.ts'
import {blank, type Line, span} from '../layout/line.ts'

/** As many as fit beside the slots; the command `releases` lists all. */
const SHOWN = 8

const STYLES: Readonly<Record<string, 'ok' | 'bad bold'>> = {
  good: 'ok',
  'failed its watch': 'bad bold',
  'rolled back from': 'bad bold',
}

const columns = (now: number): readonly Column<VersionRow>[] => [
  {title: 'VERSION', name: true, width: 8, grow: 1, max: 18, rank: 1, cell: row => row.version},
  {title: 'FATE', width: 16, rank: 1, cell: row => [span(row.fate, STYLES[row.fate] ?? 'warn')]},
  {title: 'SINCE', width: 8, rank: 2, cell: row => formatAge(row.at, now)},
  {title: 'RUN', width: 20, rank: 4, cell: row => row.run},
  {title: 'WHY', width: 10, grow: 3, rank: 3, cell: row => row.reason},
]

/** What earlier runs learnt of versions: whoever goes back to one sees first what became of it. */
export function versionLines(versions: readonly VersionRow[], width: number, now: number): readonly Line[] {
  if (versions.length === 0) return []
  const rows = versions.slice(0, SHOWN)
  return [
    heading('Versions'),
    blank,
    ...table({columns: columns(now), rows, width, height: rows.length + 1, now}),
    blank,
  ]
}
