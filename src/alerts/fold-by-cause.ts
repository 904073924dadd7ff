import type {AlertRow} from './rows.ts'

/** An alert, and how many causes stand above it. */
export interface Folded<Row> {
  readonly row: Row
  readonly depth: number
}

type Caused = Pick<AlertRow, 'target' | 'cause' | 'state'>

/**
 * Symptoms under what they are put down to, the root first, otherwise in the order in which they come. One whose cause
 * has no open alert here stands for itself.
 */
export function foldByCause<Row extends Caused>(rows: readonly Row[]): readonly Folded<Row>[] {
  const roots = new Map<string, Row>()
  for (const row of rows) if (row.state !== 'resolved' && !roots.has(row.target)) roots.set(row.target, row)
  const parentOf = (row: Row): Row | undefined => {
    const parent = row.cause === undefined || row.state === 'resolved' ? undefined : roots.get(row.cause)
    return parent === row ? undefined : parent
  }
  const under = new Map<Row, Row[]>()
  for (const row of rows) {
    const parent = parentOf(row)
    if (parent === undefined) continue
    const symptoms = under.get(parent) ?? []
    symptoms.push(row)
    under.set(parent, symptoms)
  }
  const seen = new Set<Row>()
  const unfold = (row: Row, depth: number): readonly Folded<Row>[] => {
    if (seen.has(row)) return []
    seen.add(row)
    return [{row, depth}, ...(under.get(row) ?? []).flatMap(each => unfold(each, depth + 1))]
  }
  const tops = rows.filter(row => parentOf(row) === undefined)
  // Two that are put down to each other are under nothing: they come at the end.
  return [...tops, ...rows].flatMap(row => unfold(row, 0))
}
