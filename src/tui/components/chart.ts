import type {Line, Span, Tone} from '../layout/line.ts'
import {fitLine, SPOKEN, span} from '../layout/line.ts'
import {absolute, clockTime} from './age.ts'

export interface ChartOptions {
  /** Newest last; undefined is a gap, and stays one. */
  readonly values: readonly (number | undefined)[]
  readonly width: number
  /** Rows of the drawing; the axis and its times take two more. */
  readonly height: number
  /** Top of the scale at least, so that noise stays small. */
  readonly least: number
  /** Top of the scale at most, for shares. */
  readonly most?: number
  /** Drawn as a line, and always in sight. */
  readonly threshold?: number | undefined
  /** On which side of the threshold values stand out; above it when left out. */
  readonly worse?: 'above' | 'below'
  readonly label: (value: number) => string
  /** When the newest value was measured, and the time between two of them, ms. */
  readonly at: number
  readonly stepMs: number
  /** When something changed, such as a run: signs on the time axis. */
  readonly marks?: readonly number[] | undefined
}

const LABEL = 7
const WIDEST = 100
/** Dots of a braille cell: two columns of four, from the top. */
const DOTS = [
  [0x01, 0x02, 0x04, 0x40],
  [0x08, 0x10, 0x20, 0x80],
] as const

/** How many values a chart of this width can show beside each other. */
export const chartColumns = (width: number): number => Math.max(4, Math.min(WIDEST, width) - LABEL - 1) * 2

/** Values over time with axes, drawn with braille dots. The scale begins at zero. */
export function chart(options: ChartOptions): readonly Line[] {
  const {values, height, threshold, worse = 'above', label} = options
  if (options.width === SPOKEN) return [[span(chartWords(options))]]
  const width = Math.max(4, Math.min(WIDEST, options.width) - LABEL - 1)
  const top = scaleTop(options)
  const cells = drawCells(values, {width, height, top})
  const row = (value: number): number => Math.min(height - 1, Math.floor((1 - value / top) * height))
  const limit = threshold === undefined ? -1 : row(threshold)
  const labels = new Map([
    [0, label(top)],
    [height - 1, label(0)],
  ])
  if (threshold !== undefined && limit > 0 && limit < height - 1) labels.set(limit, label(threshold))
  const rows = cells.map((dots, y): Line => {
    const own = labels.get(y)
    const tone: Tone = y === limit ? 'warn' : 'dim'
    const axis = span(own === undefined ? '│' : '┤', 'dim')
    return [...fitLine([span(own ?? '', tone)], LABEL, 'right'), axis, ...rowSpans(dots, y, {limit, worse})]
  })
  return [...rows, axisLine(options, width), timeLine(options, width)]
}

/** The time axis; a mark stands under the value of its moment. */
function axisLine(options: ChartOptions, width: number): Line {
  const {from, to} = timesOf(options, width)
  const marked = new Set(
    (options.marks ?? [])
      .filter(at => at >= from && at <= to)
      .map(at => Math.min(width - 1, Math.floor(((at - from) / Math.max(1, to - from)) * width))),
  )
  const cells = Array.from({length: width}, (_, x) => (marked.has(x) ? span('▲', 'accent bold') : span('─', 'dim')))
  return [span(`${' '.repeat(LABEL)}└`, 'dim'), ...cells]
}

/** What the drawing shows, as a sentence. */
function chartWords({values, threshold, worse = 'above', label}: ChartOptions): string {
  const known = values.filter(value => value !== undefined)
  const last = values.at(-1)
  if (known.length === 0) return 'no values yet'
  const over =
    threshold === undefined
      ? 0
      : known.filter(value => (worse === 'above' ? value > threshold : value < threshold)).length
  return [
    `from ${label(Math.min(...known))} to ${label(Math.max(...known))}`,
    last === undefined ? 'newest missing' : `newest ${label(last)}`,
    threshold === undefined ? '' : `${over} of ${known.length} ${worse} the threshold of ${label(threshold)}`,
    known.length === values.length ? '' : `${values.length - known.length} missing`,
  ]
    .filter(Boolean)
    .join(', ')
}

function scaleTop({values, least, most, threshold}: ChartOptions): number {
  const highest = Math.max(0, ...values.map(value => value ?? 0))
  return Math.min(most ?? Number.POSITIVE_INFINITY, roundUp(Math.max(least, highest, (threshold ?? 0) * 1.25)))
}

/** The next number that reads well: 1, 2 or 5 times a power of ten. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value))
  return power * ([1, 2, 5, 10].find(step => step * power >= value) ?? 10)
}

interface Grid {
  readonly width: number
  readonly height: number
  readonly top: number
}

/** For each row its cells as dots; values that follow each other are joined, over a gap nothing is. */
function drawCells(
  values: readonly (number | undefined)[],
  {width, height, top}: Grid,
): readonly (readonly number[])[] {
  const cells = Array.from({length: height}, () => Array.from({length: width}, () => 0))
  const [columns, rows] = [width * 2, height * 4]
  const place = (value: number): number =>
    Math.max(0, Math.min(rows - 1, Math.round((1 - Math.max(0, value) / top) * (rows - 1))))
  const dot = (x: number, y: number): void => {
    const row = cells[y >> 2]
    if (row) row[x >> 1] = (row[x >> 1] ?? 0) | (DOTS[x & 1 ? 1 : 0][y & 3] ?? 0)
  }
  // Few values keep their distance; many are drawn one a column, the newest of them.
  const shown = values.slice(-columns)
  const step = shown.length > 1 ? Math.min(4, (columns - 1) / (shown.length - 1)) : 0
  const first = columns - 1 - step * (shown.length - 1)
  for (const [index, value] of shown.entries()) {
    if (value === undefined) continue
    const [x, y] = [Math.round(first + index * step), place(value)]
    dot(x, y)
    const before = shown[index - 1]
    if (index === 0 || before === undefined) continue
    const [fromX, fromY] = [Math.round(first + (index - 1) * step), place(before)]
    const long = Math.max(Math.abs(x - fromX), Math.abs(y - fromY))
    for (let part = 1; part < long; part++)
      dot(Math.round(fromX + ((x - fromX) * part) / long), Math.round(fromY + ((y - fromY) * part) / long))
  }
  return cells
}

interface Limit {
  /** The row of the threshold, -1 when there is none. */
  readonly limit: number
  readonly worse: 'above' | 'below'
}

/** Cells beyond the threshold have its colour; where nothing is drawn, its own line is. */
const rowSpans = (dots: readonly number[], y: number, {limit, worse}: Limit): readonly Span[] =>
  dots.map(each => {
    const beyond = limit >= 0 && (worse === 'above' ? y < limit : y > limit)
    if (each !== 0) return span(String.fromCharCode(0x2800 + each), beyond ? 'warn bold' : 'accent')
    return y === limit ? span('╌', 'warn') : span(' ')
  })

/** What the left and the right end of the drawing stand for. */
function timesOf({values, at, stepMs}: ChartOptions, width: number): {readonly from: number; readonly to: number} {
  const shown = Math.min(values.length, width * 2)
  const step = shown > 1 ? Math.min(4, (width * 2 - 1) / (shown - 1)) : 1
  return {from: at - (width * 2 * stepMs) / step, to: at}
}

const DAY_MS = 86_400_000

function timeLine(options: ChartOptions, width: number): Line {
  const times = timesOf(options, width)
  const words = times.to - times.from >= DAY_MS ? (at: number) => absolute(at).slice(5, 16) : clockTime
  const [from, to] = [words(times.from), words(times.to)]
  const gap = ' '.repeat(Math.max(1, width - from.length - to.length))
  return [span(`${' '.repeat(LABEL + 1)}${from}${gap}${to}`, 'dim')]
}
