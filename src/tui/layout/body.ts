/**
 * How the rows and columns of the terminal are shared out. Kept apart from the drawing because the reducer needs it
 * too: scrolling depends on how much is visible.
 */
interface Size {
  readonly columns: number
  readonly rows: number
}

/** What is left for a screen between header and footer. */
export interface Body {
  readonly width: number
  readonly height: number
  /** Lines of the header: its line, the line of the run in progress, the rule. */
  readonly header: number
  readonly footer: number
}

export function bodyOf(size: Size): Body {
  const header = size.rows >= 20 ? 3 : size.rows >= 12 ? 2 : 1
  const footer = size.rows >= 20 ? 2 : 1
  return {width: size.columns, height: Math.max(0, size.rows - header - footer), header, footer}
}

export interface ListLayout {
  readonly arrangement: 'table' | 'below' | 'beside'
  readonly tableWidth: number
  readonly tableHeight: number
  readonly detailsWidth: number
  readonly detailsHeight: number
  /** Rows of the table that are visible. */
  readonly tableRows: number
}

const BORDER = 2
const HEADING = 1
/** Up to this share of the screen a table has the whole width: then no sentence in it is cut, and details have more room than beside it. */
const SHORT = 0.4

/**
 * A table with the details of its selection below it, or beside it on wide screens where its rows would leave those too
 * little room; alone on small ones, when it is to be wide and when it is empty. `total`: rows without the filter, so that
 * typing one moves nothing.
 */
export function listLayout(size: Size, count: number, wide = false, total = count): ListLayout {
  const {width, height} = bodyOf(size)
  const wanted = Math.max(count, 1) + BORDER + HEADING
  if (wide || count === 0)
    return arrange('table', {tableWidth: width, tableHeight: height, detailsWidth: 0, detailsHeight: 0})
  const isLong = total + BORDER + HEADING > height * SHORT
  if (width >= 150 && height >= 16 && isLong) {
    const tableWidth = Math.floor(width * 0.52)
    return arrange('beside', {
      tableWidth,
      tableHeight: height,
      detailsWidth: width - tableWidth,
      detailsHeight: height,
    })
  }
  if (height < 14) {
    return arrange('table', {tableWidth: width, tableHeight: height, detailsWidth: 0, detailsHeight: 0})
  }
  const tableHeight = Math.min(wanted, Math.max(6, Math.floor(height * 0.5)))
  return arrange('below', {tableWidth: width, tableHeight, detailsWidth: width, detailsHeight: height - tableHeight})
}

const arrange = (
  arrangement: ListLayout['arrangement'],
  sizes: Omit<ListLayout, 'arrangement' | 'tableRows'>,
): ListLayout => ({arrangement, ...sizes, tableRows: Math.max(1, sizes.tableHeight - BORDER - HEADING)})

/** The overview shows one pane at a time when columns or rows are few. */
export const isNarrow = (size: Size): boolean => size.columns < 80 || size.rows < 20

export const overviewColumns = (size: Size): 1 | 2 | 3 =>
  isNarrow(size) ? 1 : size.columns >= 170 && size.rows >= 30 ? 3 : 2

/** Heights of stacked panes: each gets at least `least`, then what it wants, then the rest is spread evenly. */
export function shareHeight(height: number, wants: readonly number[], least = 4): readonly number[] {
  const heights = wants.map(() => least)
  let left = height - least * wants.length
  if (left < 0) return evenly(height, wants.length)
  for (let grown = true; left > 0 && grown; ) {
    grown = false
    for (const [index, want] of wants.entries()) {
      if (left > 0 && (heights[index] ?? 0) < want) {
        heights[index] = (heights[index] ?? 0) + 1
        left -= 1
        grown = true
      }
    }
  }
  const extra = evenly(left, wants.length)
  return heights.map((own, index) => own + (extra[index] ?? 0))
}

const evenly = (total: number, parts: number): readonly number[] =>
  Array.from({length: parts}, (_, index) => Math.floor(total / parts) + (index < total % parts ? 1 : 0))

export interface RunLayout {
  /** Steps and output side by side; otherwise one of the two. */
  readonly split: boolean
  readonly summary: number
  readonly stepsWidth: number
  readonly outputRows: number
}

export function runLayout(size: Size): RunLayout {
  const {width, height} = bodyOf(size)
  const split = width >= 76
  const summary = height >= 12 ? 2 : 1
  return {
    split,
    summary,
    stepsWidth: split ? Math.min(64, Math.max(36, Math.floor(width * 0.44))) : width,
    outputRows: Math.max(1, height - BORDER - summary),
  }
}
