import {once} from '../../units/once.ts'
import {type Line, SPOKEN} from '../layout/line.ts'

interface Sortable<Row> {
  readonly cell: (row: Row, now: number, width: number) => Line | string
}

/** What the units of the tables are worth; those of one column are of one kind. */
const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  '%': 1,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  B: 1,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
}

/** Rows by what their column shows: numbers with their units, else as text. What is not known comes last either way. */
export function sortRows<Row>(
  rows: readonly Row[],
  column: Sortable<Row>,
  {now, down}: {readonly now: number; readonly down: boolean},
): readonly Row[] {
  const keyed = rows.map(row => ({row, key: keyOf(shown(column.cell(row, now, SPOKEN)))}))
  return keyed
    .toSorted(
      (a, b) => Number(a.key === undefined) - Number(b.key === undefined) || compare(a.key, b.key) * (down ? -1 : 1),
    )
    .map(({row}) => row)
}

/** Whether there is anything to sort by: bars are not. */
export const isSortable = <Row>(rows: readonly Row[], column: Sortable<Row>, now: number): boolean =>
  rows.some(row => shown(column.cell(row, now, SPOKEN)) !== '')

const shown = (cell: Line | string): string =>
  (typeof cell === 'string' ? cell : cell.map(({text}) => text).join('')).trim()

type Key = number | string | undefined

function keyOf(text: string): Key {
  if (text === '' || text === '–') return undefined
  if (text === 'now') return 0
  const [, sign = '', digits, unit = ''] = /^([+-]?)([\d.,]+) ?([%a-zA-Z]*)$/.exec(text) ?? []
  const worth = UNITS[unit]
  const value = Number(digits?.replaceAll(',', ''))
  return digits === undefined || worth === undefined || Number.isNaN(value) ? text : Number(`${sign}${value * worth}`)
}

function compare(a: Key, b: Key): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  return inOrder().compare(String(a ?? ''), String(b ?? ''))
}

/** One for all: made for each comparison, it would be most of what sorting costs. */
const inOrder = once(() => new Intl.Collator('en', {numeric: true}))
