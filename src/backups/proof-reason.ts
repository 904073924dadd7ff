import type {TableDifference} from './compare-measurements.ts'

/** One line for people: what differs, or what was compared. */
export function proofReason(
  differences: readonly TableDifference[],
  failed: readonly {readonly name: string; readonly reason: string}[],
  words: {readonly all: string; readonly proved: string | undefined},
): string {
  const faults = [
    ...differences.map(difference => `${difference.table}: ${difference.reason}`),
    ...failed.map(check => `check ${check.name}: ${check.reason}`),
  ]
  const {all, proved} = words
  if (faults.length === 0) return `${all}: equal to the backup${proved === undefined ? '' : `; ${proved}`}`
  const more = faults.length > 5 ? ` and ${faults.length - 5} more` : ''
  return `${faults.slice(0, 5).join('; ')}${more}`
}
