import type {VersionRow} from '../../releases/rows.ts'
import {formatAge} from '../../units/duration.ts'
import {heading} from '../components/facts.ts'
import {type Column, table} from '../components/table.ts'
import {blank, line, type Line, span} from '../layout/line.ts'
import {wrapLine} from '../layout/wrap-line.ts'

/** As many as fit beside the slots; the command `releases` lists all. */
const SHOWN = 6

const STYLES: Readonly<Record<string, 'ok' | 'bad bold'>> = {
  good: 'ok',
  'failed its watch': 'bad bold',
  'rolled back from': 'bad bold',
}

const columns = (now: number): readonly Column<VersionRow>[] => [
  {title: 'VERSION', name: true, width: 8, grow: 1, max: 18, rank: 1, cell: row => row.version},
  {title: 'FATE', width: 16, rank: 1, cell: row => [span(row.fate, STYLES[row.fate] ?? 'warn')]},
  {title: 'SINCE', width: 8, rank: 2, cell: row => formatAge(row.at, now)},
  {title: 'BY', width: 8, grow: 2, max: 16, rank: 3, cell: row => row.by ?? ''},
  {title: 'RUN', width: 20, rank: 4, cell: row => row.run},
]

/** What earlier runs learnt of versions, and under each why: whoever goes back to one sees first what became of it. */
export function versionLines(versions: readonly VersionRow[], width: number, now: number): readonly Line[] {
  if (versions.length === 0) return []
  const rows = versions.slice(0, SHOWN)
  const lines = table({columns: columns(now), rows, width, height: rows.length + 1, now})
  // What is spoken has no line of titles.
  const [first, below] = [lines.slice(0, lines.length - rows.length), lines.slice(-rows.length)]
  return [
    heading('Versions'),
    ...first,
    ...rows.flatMap((row, at) => [below[at] ?? blank, ...whyLines(row, width)]),
    blank,
  ]
}

const whyLines = ({reason}: VersionRow, width: number): readonly Line[] =>
  reason === '' ? [] : wrapLine(line(reason, 'dim'), width - 2).map(each => [span('  '), ...each])
