import type {Block, Line, Span, Tone} from '../layout/line.ts'
import {truncateMiddle, widthOf} from '../layout/text.ts'
import {rowWords} from './row-words.ts'
import {blank, fitBlock, fitLine, lineWidth, selected, SPOKEN, span} from '../layout/line.ts'

/** A column. Widths are declared, not measured, so columns stand still while values and scroll positions change. */
export interface Column<Row> {
  readonly title: string
  /** Columns it needs at least. */
  readonly width: number
  /** Share of the space that is left over; 0 or absent: none. */
  readonly grow?: number
  readonly max?: number
  /** For as many columns, those of little importance give way. */
  readonly wants?: number
  readonly align?: 'left' | 'right'
  /** A name: where it is too long, its middle is left out. */
  readonly name?: boolean
  /** 1 stays longest; the highest number goes first when the table is narrow. */
  readonly rank: number
  /** `width`: the columns it got, for what fills its cell, such as a sparkline. */
  readonly cell: (row: Row, now: number, width: number) => Line | string
}

export interface TableOptions<Row> {
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  readonly width: number
  readonly height: number
  readonly now: number
  /** Index of the selected row; undefined: none is shown as selected. */
  readonly selected?: number | undefined
  /** First row that is shown. */
  readonly top?: number
  readonly header?: boolean
  readonly marked?: (row: Row) => boolean
  /** Rows that are shown dim, because what they tell is old. */
  readonly stale?: (row: Row) => boolean
}

/** What a line under a row says, by the titles of the columns it says it in. */
export type Cells = Readonly<Record<string, Line | string>>

const GAP = 2

/** A table of exactly `width` × `height`. Only the rows in the window are looked at; of the others, the names. */
export function table<Row>(options: TableOptions<Row>): Block {
  const {rows, width, height, now} = options
  if (width === SPOKEN) return rows.map(row => [span(rowWords(options.columns, row, now))])
  const lead = leadOf(options)
  const placed = placedOf(options)
  const withHeader = options.header !== false && height > 1
  const space = withHeader ? height - 1 : height
  const top = windowTop(rows.length, space, options)
  const lines: Line[] = withHeader ? [headerLine(placed, lead)] : []
  for (const [offset, row] of rows.slice(top, top + space).entries()) {
    const marker = options.marked?.(row) ? span('◆ ', 'accent') : span(' '.repeat(lead))
    const cells = rowLine(placed, row, now)
    const whole = fitLine([marker, ...(options.stale?.(row) ? faded(cells) : cells)], width)
    lines.push(top + offset === options.selected ? selected(whole) : whole)
  }
  return fitBlock(lines, width, height)
}

/** A line under a row of the table, set in, in its columns; what these have no room for is left out. */
export function lineUnder<Row>(options: TableOptions<Row>, cells: Cells): Line {
  const joined = joinCells(
    placedOf(options).map(({column, width}, at) => {
      const cell = cells[column.title] ?? blank
      const spans = typeof cell === 'string' ? [span(cell)] : cell
      return fitLine(at === 0 ? [span('  '), ...spans] : spans, width, column.align)
    }),
    undefined,
  )
  return fitLine([span(' '.repeat(leadOf(options))), ...joined], options.width)
}

/** The column of marks is only there where rows can be marked. */
const leadOf = <Row>({marked}: TableOptions<Row>): number => (marked ? 2 : 0)

const placedOf = <Row>(options: TableOptions<Row>): readonly Placed<Row>[] =>
  placeColumns(options.columns, options.width - leadOf(options), column =>
    widestName(column, options.rows, options.now),
  )

function windowTop<Row>(count: number, space: number, options: TableOptions<Row>): number {
  const wanted = options.top ?? Math.max(0, (options.selected ?? 0) - space + 1)
  return Math.max(0, Math.min(wanted, count - space))
}

interface Placed<Row> {
  readonly column: Column<Row>
  readonly width: number
}

/** Columns from this rank on give way to whole names. */
const LESS_THAN_NAMES = 5
/** A name that is longer is cut all the same. */
const LONGEST_NAME = 44
const MOST_MEASURED = 1000

/** Of all rows, so that it stays while the window moves. */
function widestName<Row>({name, cell, width}: Column<Row>, rows: readonly Row[], now: number): number {
  if (!name) return width
  const texts = rows.slice(0, MOST_MEASURED).map(row => cell(row, now, LONGEST_NAME))
  return Math.max(width, ...texts.map(text => (typeof text === 'string' ? widthOf(text) : lineWidth(text))))
}

/**
 * Drops the least important columns until the rest fits, then shares out what is left: names first, until they are whole,
 * for which columns of little importance are dropped as well.
 */
export function placeColumns<Row>(
  columns: readonly Column<Row>[],
  width: number,
  nameWidth: (column: Column<Row>) => number = column => column.width,
): readonly Placed<Row>[] {
  let kept = [...columns]
  const wanted = new Map(columns.map(each => [each, each.wants ?? Math.min(LONGEST_NAME, nameWidth(each))]))
  const wants = (column: Column<Row>): number => Math.max(column.width, wanted.get(column) ?? 0)
  const need = (list: readonly Column<Row>[], of: (column: Column<Row>) => number = column => column.width): number =>
    list.reduce((sum, column) => sum + of(column), 0) + GAP * Math.max(0, list.length - 1)
  const worst = (): Column<Row> => kept.reduce((a, b) => (b.rank >= a.rank ? b : a))
  const without = (column: Column<Row>): void => {
    kept = kept.filter(each => each !== column)
  }
  while (kept.length > 1 && need(kept) > width) without(worst())
  while (kept.length > 1 && need(kept, wants) > width && worst().rank >= LESS_THAN_NAMES) without(worst())
  const widths = kept.map(column => column.width)
  let left = width - need(kept)
  if (left < 0) return kept.map(column => ({column, width: Math.max(1, width)}))
  for (const [index, column] of kept.entries()) {
    const given = Math.min(left, wants(column) - column.width)
    widths[index] = column.width + given
    left -= given
  }
  while (left > 0) {
    const open = kept.map((column, index) => {
      const room = (column.max ?? Number.POSITIVE_INFINITY) - (widths[index] ?? 0)
      return (column.grow ?? 0) > 0 && room > 0 ? (column.grow ?? 0) : 0
    })
    const total = open.reduce((a, b) => a + b, 0)
    if (total === 0) break
    const before = left
    for (const [index, grow] of open.entries()) {
      if (grow === 0) continue
      const share = Math.max(1, Math.floor((before * grow) / total))
      const room = (kept[index]?.max ?? Number.POSITIVE_INFINITY) - (widths[index] ?? 0)
      const given = Math.min(share, room, left)
      widths[index] = (widths[index] ?? 0) + given
      left -= given
    }
  }
  return kept.map((column, index) => ({column, width: widths[index] ?? 0}))
}

/** Old values fade; what is wrong stays loud, old or not. */
const faded = (cells: Line): Line => cells.map(each => (FADING.has(each.tone) ? {text: each.text, tone: 'dim'} : each))

const FADING: ReadonlySet<Tone> = new Set(['plain', 'bold', 'accent', 'accent bold', 'ok'])

function headerLine<Row>(placed: readonly Placed<Row>[], lead: number): Line {
  return joinCells(
    placed.map(({column, width}) => fitLine([span(column.title, 'dim')], width, column.align)),
    span(' '.repeat(lead)),
  )
}

function rowLine<Row>(placed: readonly Placed<Row>[], row: Row, now: number): Line {
  return joinCells(
    placed.map(({column, width}) => {
      const cell = column.cell(row, now, width)
      const spans = typeof cell === 'string' ? [span(cell)] : cell
      return fitLine(column.name ? spans.map(each => shortened(each, width)) : spans, width, column.align)
    }),
    undefined,
  )
}

const shortened = ({text, tone}: Span, width: number): Span => ({text: truncateMiddle(text, width), tone})

function joinCells(cells: readonly Line[], lead: Span | undefined): Line {
  return [
    ...(lead ? [lead] : blank),
    ...cells.flatMap((cell, index) => (index > 0 ? [span(' '.repeat(GAP)), ...cell] : cell)),
  ]
}
