import {foldByCause} from './fold-by-cause.ts'
import type {AlertRow} from './rows.ts'

type Incidental = Pick<AlertRow, 'id' | 'target' | 'cause' | 'state'>

/** These alerts, with those that are put down to them: what one cause is behind is answered together. */
export function withSymptoms<Row extends Incidental>(chosen: readonly Row[], all: readonly Row[]): readonly Row[] {
  const ids = new Set(chosen.map(({id}) => id))
  /** How deep the chosen one stands whose symptoms are gone through; undefined: none. */
  let under: number | undefined
  const found: Row[] = []
  for (const {row, depth} of foldByCause(all)) {
    if (under !== undefined && depth <= under) under = undefined
    if (ids.has(row.id)) under ??= depth
    if (ids.has(row.id) || under !== undefined) found.push(row)
  }
  return found
}

/** What is on fire most, and what it takes with it. */
export interface Incident<Row> {
  readonly root: Row
  /** Put down to it, all the way down. */
  readonly symptoms: readonly Row[]
  /** Other causes that fire. */
  readonly others: number
}

/** Of alerts in the order of their urgency; undefined: nothing fires. */
export function worstIncident<Row extends AlertRow>(rows: readonly Row[]): Incident<Row> | undefined {
  const firing = rows.filter(({state}) => state === 'firing')
  const roots = foldByCause(firing).filter(({depth}) => depth === 0)
  const [first] = [...roots.filter(({row}) => row.acknowledged === undefined), ...roots]
  if (first === undefined) return undefined
  const {row: root} = first
  const symptoms = withSymptoms([root], firing).filter(({id}) => id !== root.id)
  return {root, symptoms, others: roots.length - 1}
}
