/** Lines of a change, as a patch shows them: two blanks for context, `- ` and `+ ` for what differs. */
export interface DiffOptions {
  /** Lines shown around a change. */
  readonly context?: number
  /** At most so many lines in all; how many more there are is said. */
  readonly most?: number
}

/** More cells than this are not compared one by one: the whole middle counts as changed. */
const LARGEST_TABLE = 4_000_000

interface Row {
  readonly sign: ' ' | '-' | '+'
  readonly text: string
  /** Number of the line in the newer text, or where it would be. */
  readonly at: number
}

/** What changed from one text to another; empty when nothing did. */
export function lineDiff(before: string, after: string, {context = 2, most = 40}: DiffOptions = {}): readonly string[] {
  const rows = compare(before.split('\n'), after.split('\n'))
  const near = rows.map((_, index) => rows.slice(Math.max(0, index - context), index + context + 1).some(isChange))
  const lines: string[] = []
  rows.forEach((row, index) => {
    if (!near[index]) return
    if (!near[index - 1]) lines.push(`@ line ${row.at}`)
    lines.push(`${row.sign} ${row.text}`)
  })
  return lines.length <= most
    ? lines
    : [...lines.slice(0, most), `(${lines.length - most} more lines differ or surround it)`]
}

const isChange = (row: Row): boolean => row.sign !== ' '

function compare(before: readonly string[], after: readonly string[]): readonly Row[] {
  let head = 0
  while (head < before.length && head < after.length && before[head] === after[head]) head += 1
  let tail = 0
  while (
    tail < Math.min(before.length, after.length) - head &&
    before[before.length - 1 - tail] === after[after.length - 1 - tail]
  )
    tail += 1
  const same = (text: string, index: number): Row => ({sign: ' ', text, at: index + 1})
  const middle = compareMiddle(before.slice(head, before.length - tail), after.slice(head, after.length - tail), head)
  const end = after.length - tail
  return [
    ...after.slice(0, head).map(same),
    ...middle,
    ...after.slice(end).map((text, index) => same(text, end + index)),
  ]
}

/** By the longest common subsequence. */
function compareMiddle(before: readonly string[], after: readonly string[], offset: number): readonly Row[] {
  const gone = (text: string, at: number): Row => ({sign: '-', text, at: offset + at + 1})
  const come = (text: string, at: number): Row => ({sign: '+', text, at: offset + at + 1})
  const width = after.length + 1
  if ((before.length + 1) * width > LARGEST_TABLE) return [...before.map(text => gone(text, 0)), ...after.map(come)]
  const longest = new Uint32Array((before.length + 1) * width)
  const at = (row: number, column: number): number => longest[row * width + column] as number
  for (let row = before.length - 1; row >= 0; row -= 1)
    for (let column = after.length - 1; column >= 0; column -= 1)
      longest[row * width + column] =
        before[row] === after[column] ? at(row + 1, column + 1) + 1 : Math.max(at(row + 1, column), at(row, column + 1))
  const rows: Row[] = []
  let [row, column] = [0, 0]
  while (row < before.length || column < after.length) {
    const [old, now] = [before[row], after[column]]
    if (old !== undefined && old === now) {
      rows.push({sign: ' ', text: old, at: offset + column + 1})
      row += 1
      column += 1
    } else if (old !== undefined && (now === undefined || at(row + 1, column) >= at(row, column + 1))) {
      rows.push(gone(old, column))
      row += 1
    } else {
      rows.push(come(now as string, column))
      column += 1
    }
  }
  return rows
}
